"""データ提出・公表: files in, findings out, differences seen, versions published and undone."""

from components.frame import choose_part, show_title
from data.store.errors import StoreError
from pages.submit import desk, draft, drafts, history, reception

try:
    standing = desk.standing()
except StoreError:
    show_title("submit", "公表中の版は、いまは分かりません")
    raise
show_title("submit", standing)


def show_desk() -> None:
    """Show the submission on the desk, or the reception."""
    if draft_id := desk.current_draft_id():
        draft.show_draft(draft_id)
    else:
        reception.show_reception()


PARTS = {desk.DESK: "提出と公表", "drafts": "受け付けた提出", "history": "版の履歴"}
SHOW = {desk.DESK: show_desk, "drafts": drafts.show_drafts, "history": history.show_history}
part = choose_part(PARTS, desk.PART_KEY)
desk.show_notice()
SHOW[part]()
