"""What is said about a file: place · value seen · why · how to mend · code (指摘と補正).

Every sentence comes from a template with a code, so that equal faults read equally and can
be grouped, looked up and tested.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

# 重大度. 要修正 has no way on; each 確認 wants its own tick; 参考 is for next time.
MUST_MEND, CONFIRM, NOTE = "要修正", "確認", "参考"
SEVERITIES = (MUST_MEND, CONFIRM, NOTE)
# Verdict of a file (判定).
ACCEPT, CONFIRM_FIRST, REJECT = "accept", "confirm", "reject"
VERDICT_LABELS = {ACCEPT: "受け取れます", CONFIRM_FIRST: "確認が必要です", REJECT: "受け取れません"}


@dataclass(frozen=True)
class Template:
    """The text of one kind of finding. why, mend : str.format templates over the details.

    rule : id of 行政データにおける機械可読性に関するルール (L1-01 … L3-09), "" for our own rules.
    """

    severity: str
    why: str
    mend: str
    rule: str = ""


@dataclass(frozen=True)
class Finding:
    """One fault at one place. cell : A1 address, a range, or "" for a sheet or the whole file.

    value : what was seen, shortened.  field_name : column of the record, if one is meant.
    """

    code: str
    severity: str
    rule: str
    sheet: str
    cell: str
    value: str
    why: str
    mend: str
    label: str = ""

    def place(self) -> str:
        """Return sheet and cell as Excel writes them: 枠組み設置状況!H2."""
        return f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or "ファイル"

    def to_text(self) -> str:
        """Return the whole finding as one line."""
        where = self.place() + (f"（{self.label}）" if self.label else "")
        seen = f"「{self.value}」：" if self.value else ""
        code = f"{self.code}｜{self.rule}" if self.rule else self.code
        return f"{where}：{seen}{self.why} → {self.mend} [{code}]"

    def question(self) -> str:
        """Return what a tick answers: equal findings of a file are one question."""
        return f"{self.code}:{zlib.crc32((self.why + self.mend).encode()):08x}"

    def to_dict(self) -> dict[str, str]:
        """Return the finding for JSON."""
        return asdict(self) | {"message": self.to_text()}


LONGEST_VALUE = 60


def shorten(value: object, limit: int = LONGEST_VALUE) -> str:
    """Return a value as a message shows it: one line, without control characters, cut."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def make_finding(
    templates: Mapping[str, Template],
    code: str,
    sheet: str = "",
    cell: str = "",
    value: object = "",
    label: str = "",
    **details: object,
) -> Finding:
    """Fill the template of a code; `label` may stand in it too.

    Raises KeyError for a code without a template.
    """
    template = templates[code]
    shown: dict[str, object] = {"label": label} | {
        name: shorten(text) if isinstance(text, str) else text for name, text in details.items()
    }
    return Finding(
        code, template.severity, template.rule, sheet, cell,
        "" if value is None else shorten(value),
        template.why.format(**shown), template.mend.format(**shown), label,
    )  # fmt: skip


@dataclass(frozen=True)
class Repair:
    """One change made to a value while reading, which the submitter can decline (補正).

    cell : where the value stands.  name, label : the column of the record.  kinds : what was
    done, in words.  before, after : texts.  extracted : drawn from a sentence, so that a person
    has to confirm it (自動抽出・要確認).  source_cell : where the value was taken from when the
    cell itself is empty (結合・同上).
    """

    sheet: str
    cell: str
    name: str
    label: str
    kinds: tuple[str, ...]
    before: str
    after: str
    extracted: bool = False
    source_cell: str = ""

    def key(self) -> str:
        """Return what identifies the repair in a file, for declining it."""
        return f"{self.sheet}!{self.cell}#{self.name}"

    def to_dict(self) -> dict[str, object]:
        """Return the repair for JSON."""
        return asdict(self) | {"key": self.key()}


class Refused(Exception):
    """A file that cannot be read at all; `code` names the template of the refusal.

    details : what the template wants by name.
    """

    def __init__(
        self, code: str, sheet: str = "", cell: str = "", value: object = "", **details: object
    ):
        super().__init__(code)
        self.code, self.sheet, self.cell, self.value = code, sheet, cell, value
        self.details = details
