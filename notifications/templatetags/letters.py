"""What our letters are written with, beside Django's tags: cases, and what is counted or listed.

A letter's template makes a text of the grammar that staff write in too (`letter_grammar`): each
fact in it is its placeholder, `{% when note %}` its conditional. What that grammar cannot say, a
plural or a list, is a passage: it names the facts that it needs, is said at once with those of the
letter, and has the placeholder `{our_<fact>}` in the text.
"""

from typing import Any, NamedTuple

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import Parser, Token

register = template.Library()
SOME = 2  # stands for a number that is not known


class PassageText(NamedTuple):
    """What a passage says, and the facts that it names."""

    words: str
    facts: tuple[str, ...]


class Case(Node):
    def __init__(self, fact: str, words: NodeList, otherwise: NodeList) -> None:
        self.fact, self.words, self.otherwise = fact, words, otherwise

    def render(self, context: Context) -> str:
        otherwise = f"{{else}}{self.otherwise.render(context)}" if self.otherwise else ""
        return f"{{if {self.fact}}}{self.words.render(context)}{otherwise}{{end}}"


class Passage(Node):
    def __init__(self, facts: tuple[str, ...], words: NodeList, is_list: bool) -> None:
        self.facts, self.words, self.is_list = facts, words, is_list

    def render(self, context: Context) -> str:
        passages, about = context["_passages"], self.facts[0]
        before = sum(name.startswith(f"our_{about}") for name in passages)
        placeholder = f"our_{about}{f'_{before + 1}' if before else ''}"
        passages[placeholder] = PassageText(
            self.render_words(context, context["_facts"]), self.facts
        )
        return f"{{{placeholder}}}"

    def render_words(self, context: Context, known: dict[str, Any] | None) -> str:
        """Render its words with these facts; without any, as an example."""
        about, *others = self.facts
        if known is None:
            if self.is_list:
                return "…"
            known = dict.fromkeys(others, "…") | {about: SOME}
        facts: dict[str, Any] = {about: [] if self.is_list else 0} | dict.fromkeys(others, "")
        facts |= {fact: known[fact] for fact in self.facts if fact in known}
        with context.push(**facts):
            return self.words.render(context).strip()


@register.tag("when")
def parse_case(parser: Parser, token: Token) -> Case:
    """Say `{% when fact %}…{% endwhen %}` where there is this fact, `{% else %}` where not."""
    (fact,) = read_facts(token, most=1)
    words, otherwise = parser.parse(("else", "endwhen")), NodeList()
    if parser.next_token().contents == "else":
        otherwise = parser.parse(("endwhen",))
        parser.delete_first_token()
    return Case(fact, words, otherwise)


@register.tag("counted")
def parse_plural(parser: Parser, token: Token) -> Passage:
    """Say a plural: of the first fact, with the others in it."""
    return read_passage(parser, token, "endcounted", is_list=False)


@register.tag("listed")
def parse_list(parser: Parser, token: Token) -> Passage:
    """Say a list: the first fact, with the others in it."""
    return read_passage(parser, token, "endlisted", is_list=True)


def read_passage(parser: Parser, token: Token, end: str, is_list: bool) -> Passage:
    facts = read_facts(token, most=9)
    words = parser.parse((end,))
    parser.delete_first_token()
    return Passage(facts, words, is_list)


def read_facts(token: Token, most: int) -> tuple[str, ...]:
    tag, *facts = token.split_contents()
    if not 1 <= len(facts) <= most or not all(fact.isidentifier() for fact in facts):
        raise TemplateSyntaxError(f"{{% {tag} %}} is followed by the name of a fact.")
    return tuple(facts)
