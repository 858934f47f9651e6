"""データ・出典・用語: where every number comes from, and what the words mean."""

from components.frame import choose_part, show_title
from data import catalogue
from pages.sources import parts

show_title("sources", catalogue.describe_freshness(catalogue.document_as_of()))
SHOW = {
    "cards": parts.show_cards,
    "tables": parts.show_tables,
    "charts": parts.show_charts,
    "parameters": parts.show_parameters,
    "notes": parts.show_notes,
    "glossary": parts.show_glossary,
    "licences": parts.show_licences,
    "check": parts.show_check,
}
SHOW[choose_part(parts.PARTS, "section")]()
