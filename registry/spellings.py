"""What is written in several ways and is one name: accents, St and Saint, City of and Ville de."""

import re
import unicodedata

# With their plurals, and as in Sankt Gallen and Sint-Niklaas.
SAINTS = ("saint", "sainte", "saints", "saintes", "st", "ste", "sts", "stes", "sankt", "sint")
ANY = "|".join(SAINTS)
# Where a name goes on: Saintes is a town itself.
SAINT = re.compile(rf"\b(?:{ANY})\b\.?(?=\W*\w)", re.IGNORECASE)


def spellings_of(words):
    """List the possible spellings of a word; itself alone where nothing is shortened.

    >>> spellings_of("Lyon"), spellings_of("Saintes"), spellings_of("St. Denis")[:2]
    (['Lyon'], ['Saintes'], ['saint Denis', 'sainte Denis'])
    """
    return list(dict.fromkeys(SAINT.sub(saint, words) for saint in SAINTS))


def pattern_of(words):
    """Return a regular expression, of Python and PostgreSQL alike, for all these spellings.

    >>> bool(re.fullmatch(pattern_of("Ville-St-Denis"), "Ville-sainte-Denis"))
    True
    """
    return rf"(?:{ANY})\.?".join(map(re.escape, SAINT.split(words)))


def with_short_saints(words):
    """Shorten every saint in a list of words, so that names can be compared.

    >>> with_short_saints(["ville", "sainte", "marie"]), with_short_saints(["saintes"])
    (['ville', 'st', 'marie'], ['saintes'])
    """
    return [*("st" if one in SAINTS else one for one in words[:-1]), *words[-1:]]


# Letters of the Latin script that no accent makes of another.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
ACCENT = re.compile("[\u0300-\u036f]")  # in other scripts a mark is a letter


def name_letters(name):
    """Return a name normalised for comparison: without case, accents, hyphens and apostrophes.

    >>> name_letters("Villeneuve-d’Ascq") == name_letters("villeneuve d'ascq")
    True
    >>> name_letters("St. Denis") == name_letters("SAINT-DENIS")
    True
    >>> name_letters("កំពត"), name_letters("Łódź")
    ('កំពត', 'lodz')
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(PLAIN)
    plain = unicodedata.normalize("NFC", ACCENT.sub("", plain))
    marks = "".join(" " if unicodedata.category(one)[0] in "PZSC" else one for one in plain)
    return " ".join(with_short_saints(marks.split()))


# What kind of place it is, as letters_of() writes it: many towns of a country share the word.
KINDS_OF_PLACE = frozenset(
    "municipal municipality metropolitan metropolis metro district assembly council city town "
    "township county borough village rural urban local government authority unitary "
    "ville cite commune communaute agglomeration metropole mairie departement arrondissement "
    "municipalite urbaine rurale conseil canton "
    "ciudad villa municipio municipalidad distrito alcaldia ayuntamiento intendencia provincia "
    "departamento parroquia gobierno autonomo descentralizado "
    "cidade prefeitura camara "
    "gemeente stad kommune kommun stadt gemeinde comune citta "
    "region regional province provincial state".split()
)
# Those that stand before a name alone: Stari Grad and Novi Grad are towns by their last word.
KINDS_BEFORE = frozenset(
    "primaria consiliul municipiul municipiului orasul orasului comuna comunei "
    "komuna bashkia opstina opcina grad grada gradska uprava urzad miasta miasto gmina gminy "
    "gad општина град община громада рада بلدية مدينة جماعة".split()
)
# Which are larger than a town: the province of Córdoba is not its city.
REGIONS = frozenset(
    "county departement departamento region regional province provincial provincia state".split()
)
JOINS = frozenset("of de d du des del da do la le les el the van e".split())


def without_kind(name):
    """Remove the kind of place from a name; unchanged where nothing would be left.

    >>> without_kind("Cape Coast Metropolitan"), without_kind("Ville de Thiès")
    ('Cape Coast', 'Thiès')
    >>> without_kind("Municipio de San José"), without_kind("La Paz"), without_kind("Ciudad")
    ('San José', 'La Paz', 'Ciudad')
    """
    kept: list[str] = []
    after_kind = False
    for word in re.split(r"[\s’']+", name):
        letters = name_letters(word)
        if letters in KINDS_OF_PLACE or (not kept and letters in KINDS_BEFORE):
            after_kind = True
        elif not (after_kind and letters in JOINS):
            kept.append(word)
            after_kind = False
    return " ".join(kept) or name


def same_town(name, other):
    """True for two spellings of one name, with or without the kind of place.

    >>> same_town("Commune de Kaël", "KAEL"), same_town("Kaël", "Kaël Nord")
    (True, False)
    >>> same_town("Provincia de Córdoba", "Municipalidad de Córdoba"), same_town("Jos", "Jos State")
    (False, True)
    """
    kinds = {is_region(name), is_region(other)}
    return town_letters(name) == town_letters(other) and kinds != {True, False}


def is_region(name):
    """True for what says that it is larger than a town, False for a town; None where it says none.

    >>> is_region("Région de Dakar"), is_region("Ville de Dakar"), is_region("Dakar")
    (True, False, None)
    """
    words = set(name_letters(name).split())
    if words & REGIONS:
        return True
    return False if words & (KINDS_OF_PLACE | KINDS_BEFORE) else None


def town_letters(name):
    """Return a town's name normalised for comparison, without the kind of place.

    >>> town_letters("Mairie de Thiès"), town_letters("Ville de THIES"), town_letters("")
    ('thies', 'thies', '')
    """
    return name_letters(without_kind(name))
