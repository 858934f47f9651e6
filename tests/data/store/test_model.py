"""Any sequence of deeds gives what a model without a database says, and a sound store."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from data.store.engine import close_engines
from data.store.errors import (
    Conflict,
    DraftClosed,
    NothingToPublish,
    UndoBlocked,
    UnknownFile,
    UnknownVersion,
)
from data.store.location import file_url
from data.store.records import PartKey, Published
from data.store.store import Store
from data.store.verify import verify
from tests.data.store import postgres
from tests.data.store.deeds import DAY, NOW, publication

PLACES = [("frameworks", "13"), ("tasks", "13")]


@dataclass(frozen=True)
class Layer:
    """Content at a place, on top of what it replaced. visible_from : None = at once."""

    word: str
    release: str
    visible_from: datetime | None
    below: Layer | None


@dataclass
class Made:
    """A version: at each place the layer it put there and the one it replaced."""

    key: str
    visible_from: datetime | None
    put: dict[PartKey, Layer | None] = field(default_factory=dict)
    replaced: dict[PartKey, Layer | None] = field(default_factory=dict)


class Machine(RuleBasedStateMachine):
    """The store beside its model."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.new_url()
        self.store = Store.open(self.url)
        self.now = NOW
        self.versions: list[Made] = []
        # Top layer at every place, and the version that put it there, after each version.
        self.tops: list[dict[PartKey, tuple[Layer | None, int]]] = [{}]
        self.drafts: dict[str, tuple[str, bytes]] = {}
        self.keys = 0

    new_url = staticmethod(lambda: "")

    @initialize(embargoes=st.tuples(*[st.sampled_from([None, 1, 3])] * 2),
                places=st.sets(st.sampled_from(PLACES), min_size=1))  # fmt: skip
    def begin(self, embargoes, places) -> None:
        """Begin with two versions: there is little to undo in an empty store."""
        for word, embargo in zip("一二", embargoes, strict=True):
            self.publish(word, "暫定", places, embargo, 0, None)

    def teardown(self) -> None:
        assert verify(self.store) == []
        close_engines(self.url)

    @rule(content=st.binary(max_size=20))
    def receive(self, content: bytes) -> None:
        name = self.store.receive([("a.xlsx", content)], "甲", self.now)
        self.drafts[name] = ("open", content)

    @rule(word=st.sampled_from("一二三"), release=st.sampled_from(["暫定", "確定"]),
          places=st.sets(st.sampled_from(PLACES), min_size=1),
          embargo=st.sampled_from([None, 1, 3]), behind=st.sampled_from([0] * 5 + [1]),
          nth_draft=st.sampled_from([None, None, 0, 1]))  # fmt: skip
    def publish(self, word, release, places, embargo, behind, nth_draft) -> None:
        head = len(self.versions)
        expected = max(head - behind, 0)
        newest_first = list(self.drafts)[::-1]
        known = nth_draft is not None and nth_draft < len(newest_first)
        draft = newest_first[nth_draft] if known else None
        visible_from = self.now + embargo * DAY if embargo else None
        self.keys += 1
        wanted = publication(
            word, places, release=release, expected_head=expected, idem_key=f"k{self.keys}",
            visible_from=visible_from, draft_id=draft,
        )  # fmt: skip
        top = self.tops[-1]
        changed = [
            place
            for place in places
            if not self.stands(top.get(place), word, release, visible_from)
        ]
        if draft and self.drafts[draft][0] != "open":
            error = DraftClosed
        elif expected != head:
            error = Conflict
        else:
            error = None if changed else NothingToPublish
        if error:
            with pytest.raises(error):
                self.store.publish(wanted, self.now)
            return
        assert self.store.publish(wanted, self.now) == Published(head + 1, True)
        made = Made(wanted.idem_key, visible_from)
        for place in changed:
            made.replaced[place] = top.get(place, (None, 0))[0]
            made.put[place] = Layer(word, release, visible_from, made.replaced[place])
        self.add(made)
        if draft:
            self.drafts[draft] = ("published", self.drafts[draft][1])

    def stands(self, top, word, release, visible_from) -> bool:
        if not top or top[0] is None:
            return False
        layer, no = top
        embargo = self.versions[no - 1].visible_from
        early = embargo is not None and embargo > self.now
        return (layer.word, layer.release) == (word, release) and (
            not early or embargo == visible_from
        )

    def add(self, made: Made) -> None:
        self.versions.append(made)
        no = len(self.versions)
        self.tops.append(self.tops[-1] | {place: (one, no) for place, one in made.put.items()})

    @rule(back=st.sampled_from([0, 0, 0, 1, 2, 3, 4, -1]))
    def undo(self, back: int) -> None:
        head = len(self.versions)
        no = max(1, head - back)
        self.keys += 1
        args = (no, head, "誤り", "丙", self.now, f"k{self.keys}")
        if no > head:
            with pytest.raises(UnknownVersion):
                self.store.undo(*args)
            return
        undone, top = self.versions[no - 1], self.tops[-1]
        if any(top[place][0] is not layer for place, layer in undone.put.items()):
            with pytest.raises(UndoBlocked):
                self.store.undo(*args)
            return
        assert self.store.undo(*args) == Published(head + 1, True)
        dates = [layer.visible_from for layer in undone.replaced.values() if layer]
        latest = max((date for date in dates if date and date > self.now), default=None)
        self.add(Made(f"k{self.keys}", latest, dict(undone.replaced), dict(undone.put)))

    # Twice the chance: most of what can go wrong takes several undos.
    @rule()
    def undo_newest(self) -> None:
        self.undo(0)

    @rule(back=st.integers(0, 5))
    def once_more(self, back: int) -> None:
        """The same request again, however late, changes nothing."""
        if self.versions:
            no = max(1, len(self.versions) - back)
            again = publication("別", PLACES, idem_key=self.versions[no - 1].key)
            assert self.store.publish(again, self.now) == Published(no, False)

    @rule(deed=st.sampled_from(["reject", "withdraw"]), nth=st.integers(0, 2))
    def close(self, deed: str, nth: int) -> None:
        if nth < len(self.drafts):
            name = list(self.drafts)[::-1][nth]
            if self.drafts[name][0] == "open":
                getattr(self.store, deed)(name, "乙", self.now)
                state = "rejected" if deed == "reject" else "withdrawn"
                self.drafts[name] = (state, self.drafts[name][1])
            else:
                with pytest.raises(DraftClosed):
                    getattr(self.store, deed)(name, "乙", self.now)

    @rule(days=st.sampled_from([1, 2, 31]))
    def time_passes(self, days: int) -> None:
        self.now += days * DAY
        gone = set(self.store.purge(self.now))
        if days == 31:
            closed = {
                n for n, (state, _) in self.drafts.items() if state in ("rejected", "withdrawn")
            }
            assert gone == closed
        self.drafts = {name: one for name, one in self.drafts.items() if name not in gone}

    @invariant()
    def state_is_that_of_the_model(self) -> None:
        assert self.store.head() == len(self.versions)
        newest = len(self.versions)
        # What viewers see now, and in turn what editors see and what held at an older version.
        for no, at in ((newest, self.now), ((newest, None), (newest // 2, self.now))[newest % 2]):
            hidden = () if at is None else self.store.hidden(at)
            assert self.found(no, hidden) == self.expected(no, at)

    def found(self, no: int, hidden: tuple[int, ...]) -> dict[PartKey, tuple[str, str]]:
        parts = self.store.parts_at(no, hidden)
        return {
            (dataset, scope): (payload["状況"], parts[dataset, scope].release)
            for dataset in ("frameworks", "tasks")
            for scope, _, _, payload in self.store.rows_at(dataset, no, hidden)
        }

    def expected(self, no: int, at: datetime | None) -> dict[PartKey, tuple[str, str]]:
        """Of the layers at each place the uppermost that may be seen."""
        found = {}
        for place, (layer, _) in self.tops[no].items():
            while at and layer and layer.visible_from and layer.visible_from > at:
                layer = layer.below
            if layer:
                found[place] = (layer.word, layer.release)
        return found

    @invariant()
    def drafts_are_those_of_the_model(self) -> None:
        states = ("open", "published", "rejected", "withdrawn")
        found = {draft.id: draft.state for draft in self.store.list_drafts(states)}
        assert found == {name: state for name, (state, _) in self.drafts.items()}
        for name, (_, content) in list(self.drafts.items())[-1:]:
            assert self.store.draft_content(name, 0) == content
        with pytest.raises(UnknownFile):
            self.store.draft_content("nothing", 0)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_any_sequence_of_deeds(engine, request, tmp_path):
    if engine == "postgresql":
        server = request.getfixturevalue("postgres_server")
        make = lambda: postgres.fresh_schema(server)  # noqa: E731
    else:
        make = lambda: file_url(Path(tempfile.mkdtemp(dir=tmp_path)) / "store.sqlite3")  # noqa: E731
    machine = type("OnThisEngine", (Machine,), {"new_url": staticmethod(make)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12 if engine == "sqlite" else 4, stateful_step_count=20, deadline=None,
            database=None, suppress_health_check=list(HealthCheck), derandomize=True,
            # Looking for the shortest counterexample can take minutes: not in a test run.
            phases=(Phase.generate,),
        ),
    )  # fmt: skip
    shutil.rmtree(tmp_path)
