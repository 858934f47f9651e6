"""Several processes over one store: nothing is lost, nothing happens twice."""

from __future__ import annotations

import threading

from data.store.errors import Conflict
from data.store.records import Published
from data.store.store import Store
from data.store.verify import verify
from tests.data.store.deeds import HERE, NOW, in_processes, new_key, publication, publish


def test_the_same_key_from_two_processes(url):
    Store.open(url)
    for no in range(1, 6):
        same = publication(f"{no}", expected_head=no - 1)
        answers = in_processes([lambda same=same: Store(url).publish(same, NOW)] * 2)
        assert sorted(answers, key=lambda one: one.was_new) == [
            Published(no, False), Published(no, True)]  # fmt: skip
    assert verify(Store(url)) == []


def test_two_processes_make_one_store(new_url):
    for _ in range(3):
        url = new_url()
        opened = in_processes([lambda url=url: Store.open(url).head()] * 3)
        assert opened == [0, 0, 0] and verify(Store(url)) == []


def test_four_writers_count_exactly(url):
    publish(Store.open(url), parts={HERE: [("n", {"n": "0"})]})
    each = 12

    def count() -> int:
        store, conflicts = Store(url), 0
        for _ in range(each):
            key = new_key()
            while True:
                head = store.head()
                n = int(store.rows_at("frameworks", head)[0][3]["n"])
                try:
                    store.publish(publication(parts={HERE: [("n", {"n": str(n + 1)})]},
                                              expected_head=head, idem_key=key), NOW)  # fmt: skip
                    break
                except Conflict as error:
                    assert error.head > head and error.versions
                    conflicts += 1
        return conflicts

    in_processes([count] * 4)
    store = Store(url)
    assert store.rows_at("frameworks")[0][3] == {"n": str(4 * each)}
    assert store.head() == 4 * each + 1 and verify(store) == []


def test_readers_see_whole_versions_while_others_write(url):
    store = Store.open(url)
    places = (HERE, ("frameworks", "05"), ("frameworks", "27"))
    publish(store, "0", places)
    stop, seen, mixed = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            words = {payload["状況"] for *_, payload in store.rows_at("frameworks")}
            seen.update(words)
            if len(words) > 1:
                mixed.append(words)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for n in range(1, 21):
        publish(store, str(n), places)
    stop.set()
    for reader in readers:
        reader.join(60)
    assert not mixed and len(seen) > 1
