"""Whose each thread becomes: what a map or a rule says, and otherwise nobody's."""

import json
from pathlib import Path

import pytest

from app.cli import main
from tests.agent_builder.importing.archives import write_archive
from tests.agent_builder.importing.conftest import Moving
from tests.hosted_api import Project

pytestmark = pytest.mark.proves("AB-54", "AB-82")


def library() -> Project:
    project = Project()
    for name, user in (("cthr_a", "ann@old"), ("cthr_b", "bob@old"), ("cthr_c", 'comma, "quoted"')):
        project.add_exchange(project.add_thread(name, user=user))
    return project


async def owners(moving: Moving) -> dict[str, str]:
    rows = await moving.rows("select id, user_id from chatkit.threads")
    return {row["id"]: row["user_id"] for row in rows}


async def take_in(moving: Moving, map_text: str, *options: str, name: str = "users.csv") -> int:
    map_file = moving.folder / name
    map_file.write_text(map_text)
    return (await moving.take_in(library(), "--user-map", map_file, *options)).code


async def test_a_csv_map_names_the_owner(moving: Moving) -> None:
    text = '\ufeffuser,owner\nann@old,ann\n"comma, ""quoted""",cem\n'

    assert await take_in(moving, text) == 1
    assert await owners(moving) == {"cthr_a": "ann", "cthr_c": "cem"}


async def test_a_json_map_names_the_owner_and_a_template_those_that_it_leaves_out(moving: Moving) -> None:
    text = json.dumps({"ann@old": "ann"})

    assert await take_in(moving, text, "--user-template", "auth0|{user}", name="users.json") == 0
    assert await owners(moving) == {
        "cthr_a": "ann",
        "cthr_b": "auth0|bob@old",
        "cthr_c": 'auth0|comma, "quoted"',
    }


async def test_without_a_rule_nothing_is_imported(moving: Moving) -> None:
    root = write_archive(library(), moving.folder / "archive")

    ended = await moving.run("import", root, "--json")

    assert (ended.code, ended.report["threads"]["unknown_user"]) == (1, 3)
    assert await owners(moving) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ann@old,ann\n", "first line must be user,owner"),
        ("user,owner\nann@old\n", "line 2 has 1 columns"),
        ("user,owner\nann@old,\n", "a user and an owner are needed"),
        ("user,owner\nann@old,ann\nann@old,amy\n", "has two owners"),
        ("user,owner\nann@old,ann\nbob@old,ann\n", "--merge-users"),
        ('{"ann@old": 3}', "is not a text"),
        ('{"ann@old": "a", "ann@old": "b"}', "has two owners"),
        ("{", "no map of users"),
        ("user,owner\nann@old," + "x" * 600 + "\n", "must be 1 to 512 bytes"),
    ],
)
def test_a_map_that_says_nothing_clear_is_refused_before_a_database_is_asked(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    map_file = tmp_path / "users"
    map_file.write_text(text)

    assert main(["agent-builder", "import", str(tmp_path), "--user-map", str(map_file)]) == 2
    assert says in capsys.readouterr().err


async def test_a_template_without_a_place_is_refused(moving: Moving) -> None:
    root = write_archive(library(), moving.folder / "archive")
    ended = await moving.run("import", root, "--user-template", "everybody")
    assert (ended.code, await owners(moving)) == (2, {})


async def test_two_users_become_one_owner_only_where_that_is_asked_for(moving: Moving) -> None:
    text = json.dumps({"ann@old": "bob@old"})

    assert await take_in(moving, text, "--users-match") == 1
    assert (await owners(moving)).keys() == {"cthr_a", "cthr_c"}
    assert await take_in(moving, text, "--users-match", "--merge-users") == 0
    assert set((await owners(moving)).values()) == {"bob@old", 'comma, "quoted"'}


async def test_a_thread_that_belongs_to_somebody_else_is_refused_and_left_alone(moving: Moving) -> None:
    await moving.rows("insert into chatkit.threads (id, user_id, title) values ('cthr_a', 'zoe', 'Hers')")
    await moving.rows("insert into chatkit.threads (id, user_id, title) values ('cthr_b', 'bob@old', 'His')")

    ended = await moving.take_in(library())

    assert (ended.code, ended.report["threads"]["refused"]) == (1, 2)
    assert [(found["file"], found["line"], found["thread_id"]) for found in ended.report["findings"]] == [
        ("threads.jsonl", 1, "cthr_a"),
        ("threads.jsonl", 2, "cthr_b"),
    ]
    rows = await moving.rows("select title from chatkit.threads order by id")
    assert [row["title"] for row in rows] == ["Hers", "His", "About cthr_c"]
    assert await moving.rows("select 1 from chatkit.thread_items where thread_id <> 'cthr_c'") == []


async def test_another_map_does_not_hand_a_thread_over(moving: Moving) -> None:
    await moving.take_in(library())
    await moving.rows("delete from chatkit.threads where id = 'cthr_b'")

    ended = await moving.take_in(library(), "--user-template", "new|{user}", "--restore-deleted")

    assert (ended.code, ended.report["threads"]["refused"]) == (1, 3)
    assert (await owners(moving)).keys() == {"cthr_a", "cthr_c"}
