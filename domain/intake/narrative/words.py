"""Which words found, hold, plan and end a body? (設置・開催・予定・廃止の語)

The words that several questions about a sentence share; a word only one of them asks for
stands with it.
"""

from __future__ import annotations

import re

FOUNDING = r"立ち?上[げが]|立上|新設|創設|設立|発足|結成"
_MAKE = rf"{FOUNDING}|(?<![未共同])設置|設け"
_HOLD = r"開催|実施|開始|スタート"
MAKE_OR_HOLD = rf"{_MAKE}|{_HOLD}"
_NOUNS = r"(?!要綱|要領|規約|根拠|目的|状況|時期|場所|主体|計画|者|率|方針|例)"
VERB = re.compile(rf"(?P<make>{_MAKE}){_NOUNS}|(?P<hold>{_HOLD}){_NOUNS}|(?P<use>活用)")
FOUNDED = re.compile(rf"に?(?:{_MAKE}|開始|スタート)")
ENDED = re.compile(r"廃止|解散|(?:活動|設置)を?終了")
PENDING = r"予定|検討中|調整中"
NOT_YET = re.compile(PENDING)
