"""Documents in whatever script a town's name has, the same on every machine."""

import io

import pytest
from pypdf import PdfReader

from applications.document import dossier_pdf
from tests.factories import make_authority, make_dossier

pytestmark = pytest.mark.django_db

NAMES = {
    "NotoSansKhmer": "ក្រុងពោធិ៍សាត់",
    "NotoSansSinhala": "බදුල්ල මහ නගර සභාව",
    "NotoSansTamil": "பதுளை மாநகர சபை",
    "NotoSansArabic": "بلدية جنين",
    "NotoSansDevanagari": "पोखरा महानगरपालिका",
    "NotoSansEthiopic": "ባሕር ዳር ከተማ",
    "NotoSansGeorgian": "თბილისის მერია",
    "NotoSansArmenian": "Գյումրու համայնք",
    "LibertinusSerif": "Sărata Veche, Ziniaré, Sandgerði, Чернівці, Ẹ̀kọ́, Ðồng Hới",
}


@pytest.mark.parametrize(("face", "name"), NAMES.items())
def test_a_name_is_set_in_a_face_that_has_its_letters(face, name):
    authority = make_authority(name)
    dossier = make_dossier(authority, title=name)

    pages = PdfReader(io.BytesIO(dossier_pdf(dossier))).pages

    faces, text = set(), ""
    for page in pages:
        text += page.extract_text()
        for font in page["/Resources"]["/Font"].values():
            faces.add(font.get_object()["/BaseFont"].partition("+")[2])
    assert any(one.startswith(face) for one in faces), faces
    # Every letter of the name can be found again; marks may come out in another order.
    assert set(name) - {" ", ","} <= set(text)
    # Nothing of this machine's own: what is set here is set so everywhere.
    own = ("Noto", "Libertinus", "NewCM", "DejaVuSansMono")
    assert all(one.startswith(own) for one in faces), faces
