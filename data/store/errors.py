"""Why the store did not do what was asked, said so that the reader can act (保管庫の断り)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.issues import Refusal

if TYPE_CHECKING:
    from data.store.records import Version


class StoreError(Refusal):
    """Anything the store refuses. The text is Japanese and may be shown as it is."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, read or written just now. Nothing was changed."""


class StoreDamaged(StoreUnavailable):
    """The file is there, but it is broken or no store."""


class StoreMissing(StoreUnavailable):
    """Something was to be written, but there is no store and none may be made."""

    def __init__(self) -> None:
        super().__init__("保管庫がまだありません。")


class NewerStore(StoreError):
    """The store was written by a newer program. found, known : schema numbers."""

    def __init__(self, found: int, known: int):
        super().__init__(
            f"保管庫の形式は第{found}版ですが、このプログラムは第{known}版までしか扱えません。"
            "新しいプログラムで開いてください。保管庫は変えていません。"
        )
        self.found, self.known = found, known


class Conflict(StoreError):
    """Somebody else published in between (競合).

    versions : the versions after `expected`, oldest first, with their parts.
    """

    def __init__(self, expected: int, head: int, versions: Sequence[Version]):
        super().__init__(
            f"第{expected}版をもとに作られた変更ですが、いまは第{head}版です。"
            "新しい差分を確かめてから、もう一度公表してください。"
        )
        self.expected, self.head, self.versions = expected, head, tuple(versions)


class NothingToPublish(StoreError):
    """Every part already stands as it was to be published."""

    def __init__(self) -> None:
        super().__init__("いま公表されている内容と同じです。公表する変更がありません。")


class SamePerson(StoreError):
    """Two persons are asked for, and approver and submitter are one (提出者と承認者が同じ)."""

    def __init__(self, person: str):
        super().__init__(f"提出した人（{person}）は承認できません。別の人が承認してください。")
        self.person = person


class UndoBlocked(StoreError):
    """Later versions changed what the undo would restore. later : oldest first."""

    def __init__(self, no: int, later: Sequence[Version]):
        names = "、".join(f"第{version.no}版" for version in later)
        super().__init__(
            f"第{no}版が変えた所は、その後 {names} でも変わっています。"
            "新しいものから順に取り消してください。"
        )
        self.no, self.later = no, tuple(later)


class UnknownVersion(StoreError):
    """There is no version of this number."""

    def __init__(self, no: int):
        super().__init__(f"第{no}版はありません。")
        self.no = no


class UnknownDraft(StoreError):
    """There is no draft of this name; a rejected one may have been purged."""

    def __init__(self, draft_id: str):
        super().__init__(
            "この提出はありません。差し戻しや取り下げから30日がたち、消えたのかもしれません。"
        )
        self.draft_id = draft_id


class DraftClosed(StoreError):
    """The draft was published, rejected or withdrawn. version_no : if published."""

    def __init__(self, draft_id: str, state: str, version_no: int | None = None):
        done = {
            "published": f"第{version_no}版として公表済み",
            "rejected": "差し戻し済み",
            "withdrawn": "取り下げ済み",
        }
        super().__init__(f"この提出は{done.get(state, state)}です。")
        self.draft_id, self.state, self.version_no = draft_id, state, version_no


class UnknownFile(StoreError):
    """No stored file has this name or hash."""

    def __init__(self, name: str):
        super().__init__(f"保管されたファイルが見つかりません（{name}）。")
        self.name = name


class BackupError(StoreError):
    """A backup or restore did not happen; nothing was changed. problems : what was found."""

    def __init__(self, message: str, problems: Sequence[str] = ()):
        shown = "".join(f"\n・{problem}" for problem in problems[:5])
        more = f"\nほか{len(problems) - 5}件" if len(problems) > 5 else ""
        super().__init__(message + shown + more)
        self.problems = tuple(problems)
