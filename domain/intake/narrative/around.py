"""What stands around a name in its clause, and may speak of it? (名称の前後)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.intake.narrative.names import Anchor


@dataclass(frozen=True)
class Tail:
    """What follows the last name of a clause. All names of the clause share it.

    span : as far as it is looked at.  verb : the first verb there.  status : what the verb
    says, "" for nothing.  said : the span up to the end of the verb's words; whole without one.
    """

    span: tuple[int, int]
    verb: re.Match[str] | None
    status: str
    said: tuple[int, int]


@dataclass(frozen=True)
class Around:
    """A name with what stands around it.

    before : from the name before it on.  first : what stands before the clause's first name.
    """

    anchor: Anchor
    before: tuple[int, int]
    first: tuple[int, int]
    tail: Tail
