"""Is a framework for all fields or for one, and which measures does it weigh? (区分と方策)"""

from __future__ import annotations

import re

from domain import frameworks as fw
from domain.intake import form
from domain.intake.narrative.text import Extract, Text

_KINDS = re.compile(r"(?P<cross>分野横断)|(?P<single>単一分野)")
_KIND_DENIED = re.compile(r"(?:的)?(?:では|で)(?:は)?な")
_MEASURE_LEAD = re.compile(r"方策\s?(?:は|:|として(?:は)?|について(?:は)?)[\s、]?")
_MEASURE = re.compile("|".join(form.MEASURES[:-1]))


def find_kind(text: Text) -> Extract | None:
    """Return 区分 where 分野横断 or 単一分野 stands there."""
    found = {}
    for match in _KINDS.finditer(text.norm):
        if not _KIND_DENIED.match(text.norm, match.end()):
            found.setdefault(fw.CROSS_FIELD if match["cross"] else fw.SINGLE_FIELD, match)
    if len(found) != 1:
        return None
    ((value, match),) = found.items()
    return text.extract(value, *match.span())


def find_measures(text: Text) -> Extract | None:
    """Return the measures where the text says that it lists them (…方策：…)."""
    lead = _MEASURE_LEAD.search(text.norm)
    if not lead:
        return None
    stop = text.norm.find("。", lead.end())
    end = min(stop if stop >= 0 else len(text.norm), lead.end() + 100)
    found = list(_MEASURE.finditer(text.norm, lead.end(), end))
    if not found:
        return None
    words = dict.fromkeys(match[0] for match in found)
    return text.extract("、".join(words), found[0].start(), found[-1].end())
