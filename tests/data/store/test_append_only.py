"""What was published stays as it was: the database refuses to change it, and verify notices."""

from __future__ import annotations

import pytest
from sqlalchemy import exc

from data.store.engine import engine_for, writing
from data.store.schema import FIXED_TABLES, REFUSAL, triggers_off
from data.store.verify import verify
from tests.data.store.deeds import HERE, NOW, THERE, publish, undo


@pytest.fixture
def full_store(store):
    """A store with something in every table."""
    draft = store.receive([("a.xlsx", b"aa")], "甲", NOW)
    publish(store, "一", (HERE, THERE), draft_id=draft, part_files={HERE: 0})
    publish(store, "二")
    undo(store, 2)
    store.receive([("b.xlsx", b"bb")], "甲", NOW)
    assert verify(store) == []
    return store


LATE_ROWS = {
    "version": "SELECT 5, 4, kind, undoes_no, release, reason, submitter, approver, at,"
    " visible_from, effect, content_sha256, 'x' FROM version WHERE no = 2",
    "part": "SELECT 2, 'tasks', scope, present, n_rows, content_sha256, upload_id, previous_no,"
    " origin_no FROM part WHERE version_no = 2",
    "row": "SELECT 2, dataset, scope, 9, 'more', payload FROM \"row\" WHERE version_no = 2 AND n = 0",
    "upload": "SELECT 9, 1, 5, sha256, file_name, actor, at, report, verdict FROM upload",
    "blob": "SELECT * FROM blob",
    "audit": "SELECT * FROM audit WHERE seq = 1",
    "head": "SELECT * FROM head",
}
ATTEMPTS = {
    **{f"update {table}": f'UPDATE "{table}" SET {column} = {column}'
       for table, column in (("blob", "size"), ("upload", "actor"), ("version", "reason"),
                             ("part", "n_rows"), ("row", "payload"), ("audit", "detail"))},
    **{f"delete {table}": f'DELETE FROM "{table}"' for table in (*FIXED_TABLES, "head")},
    **{f"late {table}": f'INSERT INTO "{table}" {rows}' for table, rows in LATE_ROWS.items()},
    "back": "UPDATE head SET no = 2",
    "jump": "UPDATE head SET no = 7",
}  # fmt: skip
REPLACE = {f"replace {table}": f'INSERT OR REPLACE INTO "{table}" {rows}'
           for table, rows in LATE_ROWS.items()}  # fmt: skip
TRUNCATE = {f"truncate {table}": f'TRUNCATE "{table}" CASCADE' for table in (*FIXED_TABLES, "head")}


def test_every_attempt_is_refused(full_store, url, engine_name):
    own = REPLACE if engine_name == "sqlite" else TRUNCATE
    for name, statement in (ATTEMPTS | own).items():
        with pytest.raises(exc.DBAPIError) as caught, engine_for(url).connect() as connection:
            connection.exec_driver_sql(statement)
            connection.commit()
        assert REFUSAL in str(caught.value), name
    assert verify(full_store) == []


TAMPERED = {
    "row": ("UPDATE \"row\" SET payload = replace(payload, '二', '三') WHERE version_no = 2",
            "第2版 frameworks 13"),
    "row order": ('UPDATE "row" SET n = n + 10 WHERE version_no = 2', "第2版 frameworks 13"),
    "row gone": ('DELETE FROM "row" WHERE version_no = 3', "第3版 frameworks 13"),
    "row slipped in": ("INSERT INTO \"row\" VALUES (1, 'frameworks', '13', 3, 'x', '{}')",
                       "第1版 frameworks 13"),
    "spacing": ("UPDATE \"row\" SET payload = replace(payload, ',', ', ') WHERE version_no = 2",
                "決まった書き方"),
    "part hash": ("UPDATE part SET content_sha256 = 'x' WHERE version_no = 2", "第2版の内容"),
    "previous": ("UPDATE part SET previous_no = NULL WHERE version_no = 2", "前の版"),
    "origin": ("UPDATE part SET origin_no = 1 WHERE version_no = 2", "出どころ"),
    "reason": ("UPDATE version SET reason = 'x' WHERE no = 1", "第1版の記録が、操作記録"),
    "approver": ("UPDATE version SET approver = '甲' WHERE no = 1", "第1版の記録が、操作記録"),
    "time": ("UPDATE version SET at = '2020' WHERE no = 1", "第1版の記録が、操作記録"),
    "head": ("UPDATE head SET no = 2", "版の並び"),
    "head gone": ("DELETE FROM head", "版の並び"),
    "blob": ("UPDATE blob SET data = X'6262'", "原本 961b6dd3ede3"),
    "audit line": ("UPDATE audit SET actor = 'x' WHERE seq = 2", "2番目"),
    "audit tail": ("DELETE FROM audit WHERE seq >= 4", "第3版の記録が、操作記録"),
    "audit middle": ("DELETE FROM audit WHERE seq = 3", "3番目"),
    "draft bytes": ("UPDATE draft_file SET data = X'00' WHERE data IS NOT NULL", "受け取ったもの"),
    "draft file": ("DELETE FROM draft_file WHERE data IS NOT NULL", "ファイルが欠けて"),
    "upload": ("UPDATE upload SET version_no = 2", "別の版の原本"),
    "undo": ("UPDATE version SET undoes_no = 1 WHERE no = 3", "範囲が違います"),
}  # fmt: skip


def test_every_change_by_hand_is_noticed(full_store, url, engine_name):
    for name, (statement, told) in TAMPERED.items():
        if engine_name == "postgresql":
            statement = statement.replace("X'6262'", "'\\x6262'").replace("X'00'", "'\\x00'")
        with pytest.raises(ZeroDivisionError), writing(engine_for(url)) as connection:
            with triggers_off(connection):
                connection.exec_driver_sql(statement)
            problems = problems_of(connection)
            assert any(told in problem for problem in problems), (name, problems)
            raise ZeroDivisionError  # so that the change is not kept
    assert verify(full_store) == []


def problems_of(connection) -> list[str]:
    from data.store.verify import find_problems

    return find_problems(connection)


def test_missing_triggers_are_noticed(full_store, url, engine_name):
    with engine_for(url).connect() as connection:
        connection.exec_driver_sql(
            "DROP TRIGGER row_no_delete" if engine_name == "sqlite"
            else 'ALTER TABLE "row" DISABLE TRIGGER USER'
        )  # fmt: skip
        connection.commit()
    assert [problem[:14] for problem in verify(full_store)] == ["書き換えを防ぐ仕掛けがありま"]


def test_a_broken_file_is_noticed(tmp_path):
    from data.store.engine import close_engines
    from data.store.location import file_of
    from data.store.store import Store

    store = Store.open(folder=tmp_path)
    publish(store, uploads=[("a", bytes(200_000))])
    close_engines(store.url)
    path = file_of(store.url)
    content = bytearray(path.read_bytes())
    content[-8192:-4096] = b"\xff" * 4096
    path.write_bytes(content)
    assert verify(store)
    assert store.head() == 1
