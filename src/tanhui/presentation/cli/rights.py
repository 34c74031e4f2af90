"""`tanhui rights`: requests of persons about their data, until when an answer is due, deciding them, and an export made and checked."""

import json
from base64 import b64decode
from pathlib import Path

import click

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.export_person import export_person
from tanhui.flows.find_person import find_person
from tanhui.flows.rights_desk import decide_request
from tanhui.participants.persons.rights import KINDS, RequestLine, request, requests
from tanhui.participants.persons.signing import published_keys, verify_document
from tanhui.presentation.cli import books
from tanhui.presentation.cli.language import say, tell
from tanhui.presentation.cli.output import console, json_option, print_json, print_table
from tanhui.support.security.keys.suites import SUITES


@click.group(help=say("权利请求：列表、详情、办结、导出。", "Rights requests: list, show, decide, export."))
def rights() -> None:
    """Requests about personal data."""


@rights.command("list", help=say("待办的请求，先到期者在前。", "The requests to be dealt with, the first due first."))
@click.option("--person", help=say("只看此人", "Of this person only"))
@click.option("--all", "everything", is_flag=True, help=say("包括已办结的", "Those dealt with, too"))
@click.option("--overdue", is_flag=True, help=say("只看逾期的", "Only those whose answer is late"))
@json_option
def list_requests(person: str | None, *, everything: bool, overdue: bool, as_json: bool) -> None:
    """Lists requests; ends with 1 when some are overdue and that was asked."""
    secret, today = books.open_books().secret, books.today()
    number = None if person is None else find_person(person, secret=secret)
    found = [one for one in requests(person=number, standing=not everything) if not overdue or one.overdue(today)]
    if as_json:
        print_json([_document(one) for one in found])
    else:
        headings = (("编号", "number"), ("用户", "person"), ("请求", "request"), ("到期", "due"), ("状态", "state"))
        rows = [
            (one.number, f"P{one.person}", tell(KINDS[one.kind]), f"{one.due_on}{' !' if one.overdue(today) else ''}", one.event)
            for one in found
        ]  # fmt: skip
        print_table("", [(say(*heading), "left") for heading in headings], rows)
    if overdue and found:
        raise SystemExit(1)


@rights.command(help=say("一项请求的详情。", "One request."))
@click.argument("number", type=int)
@json_option
def show(number: int, *, as_json: bool) -> None:
    """Shows one request."""
    books.open_books()
    one = request(number)
    if as_json:
        print_json(_document(one) | {"detail": one.detail})
        return
    console.print(f"[bold]{one.number}[/] P{one.person} {tell(KINDS[one.kind])} {one.subject}")
    console.print(f"{one.made_at:%Y-%m-%d %H:%M} → {one.due_on}  {one.event} {one.note}")
    console.print(one.detail or "", markup=False)


@rights.command(help=say("办结一项更正请求。", "Decide a request for correction."))
@click.argument("number", type=int)
@click.option("--accept/--refuse", required=True, help=say("同意或拒绝", "Accept or refuse"))
@click.option("--note", default="", help=say("理由或说明", "Why, or what was done"))
@click.option("--actor", default="cli", show_default=True, help=say("经办人", "Who does it"))
@json_option
def decide(number: int, note: str, actor: str, *, accept: bool, as_json: bool) -> None:
    """Decides one request."""
    books.open_books()
    needs_provider = accept and request(number).subject == "identity"
    outside = books.surroundings().outside() if needs_provider else None
    one = decide_request(number, accept=accept, actor=actor, note=note, outside=outside, now=books.now())
    if as_json:
        print_json(_document(one))
    else:
        console.print(f"{one.number} {one.event}")


@rights.command(help=say("导出 PERSON 的全部数据到 FOLDER，并签名。", "Export all of PERSON's data to FOLDER, signed."))
@click.argument("person")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option
def export(person: str, folder: Path, *, as_json: bool) -> None:
    """Writes the export: two documents, each with its signature beside it."""
    number = find_person(person, secret=books.open_books().secret)
    taken = export_person(number, now=books.now())
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        f"P{number}.json": taken.document, f"P{number}.json.signature": taken.document_signature,
        f"P{number}.csv": taken.table, f"P{number}.csv.signature": taken.table_signature,
    }  # fmt: skip
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
    if as_json:
        print_json({"person": f"P{number}", "files": [str(folder / name) for name in files]})
    else:
        console.print("\n".join(str(folder / name) for name in files), markup=False)


@rights.command(help=say("核验导出文件 FILE 的签名，不需要数据库。", "Check the signature of FILE; needs no database."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help=say("公布的公钥（PEM）", "The published key (PEM)"))  # fmt: skip
@json_option
def verify(file: Path, key: Path, *, as_json: bool) -> None:
    """Checks an export with the published key, not with the one that came with it."""
    beside = file.with_name(f"{file.name}.signature")
    try:
        made = json.loads(beside.read_bytes())
        value, algorithm = b64decode(made["signature"], validate=True), made["algorithm"]
        suite = next(number for number, one in SUITES.items() if one.algorithms.endswith(algorithm))
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as problem:
        text = Text("找不到或无法读取签名 {f}。", "There is no signature that can be read at {f}.").format(f=beside)
        raise Refusal("signature_unreadable", text, field="file") from problem
    right = verify_document(file.read_bytes(), value, public=key.read_text(encoding="utf-8"), suite=suite)
    if as_json:
        print_json({"file": str(file), "right": right})
    else:
        console.print(say("签名有效", "The signature is right") if right else say("签名不符", "The signature is wrong"))
    if not right:
        raise SystemExit(1)


@rights.command(help=say("公布的公钥。", "The published keys."))
def keys() -> None:
    """Prints the public keys, as JSON."""
    books.open_books()
    print_json(published_keys())


def _document(one: RequestLine) -> Json:
    return {
        "request": one.number, "person": f"P{one.person}", "kind": one.kind, "subject": one.subject,
        "made_at": one.made_at.isoformat(), "due_on": one.due_on.isoformat(), "overdue": one.overdue(books.today()),
        "state": one.event, "since": one.event_at.isoformat(), "note": one.note,
    }  # fmt: skip
