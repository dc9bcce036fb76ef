"""Pictures of the demonstration: drawn, so that nobody and no real place is shown."""

import io

from PIL import Image, ImageDraw

from connect.pictures import DrawnPicture

SIZE = (960, 540)
SKY, EARTH, FIELD, SLUDGE = "#cfe3ea", "#c9b58c", "#9fb27a", "#6b5a45"
LORRY, DARK, WALL, ROOF = "#0b6152", "#1b2a41", "#e8d9b5", "#b5562b"
CREDITS = {
    "en": "Drawn for the demonstration",
    "fr": "Dessiné pour la démonstration",
    "es": "Dibujado para la demostración",
}


def ground():
    image = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 220, 960, 540), EARTH)
    draw.rectangle((0, 200, 960, 240), FIELD)
    return image, draw


def wheels(draw, *places):
    for x, y in places:
        draw.ellipse((x - 26, y - 26, x + 26, y + 26), DARK)
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), EARTH)


def house(draw, edge, height, width=150):
    draw.rectangle((edge, 300 - height, edge + width, 320), WALL)
    roof = [(edge - 15, 300 - height), (edge + width + 15, 300 - height)]
    draw.polygon([*roof, (edge + width / 2, 240 - height)], ROOF)
    draw.rectangle((edge + width / 2 - 20, 250, edge + width / 2 + 20, 320), DARK)


def toilets():
    image, draw = ground()
    for edge, height in ((60, 130), (360, 110), (660, 140)):
        house(draw, edge, height)
        draw.rectangle((edge + 190, 240, edge + 240, 320), LORRY)
        draw.polygon([(edge + 180, 240), (edge + 250, 230), (edge + 250, 240)], DARK)
        draw.rectangle((edge + 207, 268, edge + 223, 320), SLUDGE)
    return image


def cart():
    image, draw = ground()
    for edge, height in ((80, 110), (270, 140), (700, 120)):
        house(draw, edge, height)
    draw.polygon([(430, 350), (640, 350), (610, 430), (460, 430)], LORRY)
    draw.line((640, 380, 760, 340), DARK, 8)
    wheels(draw, (535, 440))
    return image


def meeting():
    image, draw = ground()
    draw.rounded_rectangle((260, 330, 700, 400), 30, WALL)
    draw.rectangle((300, 400, 330, 500), DARK)
    draw.rectangle((630, 400, 660, 500), DARK)
    for number, colour in enumerate((LORRY, ROOF, DARK, SLUDGE)):
        edge = 290 + number * 105
        draw.ellipse((edge, 210, edge + 56, 266), EARTH)
        draw.pieslice((edge - 22, 262, edge + 78, 410), 180, 360, colour)
    return image


def as_file(image):
    written = io.BytesIO()
    image.save(written, "JPEG", quality=85)
    return DrawnPicture(written.getvalue(), "picture.jpg", image.size)
