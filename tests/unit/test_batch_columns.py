"""Flat buffers and real columns of pyarrow and polars give what lists give."""

from __future__ import annotations

import array
import ctypes
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from countermark import PrivateKey, arrow, batch
from countermark.dfns import KeySigner
from countermark.errors import ArgumentTypeError, ArgumentValueError
from tests.unit.batch_material import challenge_of

KEY = PrivateKey.generate("Ed25519")
MESSAGES = [b"", b"a", b"message", b"x" * 1000, b"\x00\xff"]
SIGNATURES = [KEY.sign(message) for message in MESSAGES]


def offsets_of(items: list[bytes], code: str = "q", first: int = 0) -> array.array[int]:
    ends = array.array(code, [first])
    for item in items:
        ends.append(ends[-1] + len(item))
    return ends


@pytest.mark.parametrize("code", ["i", "q"])
def test_a_flat_buffer_stands_where_a_list_does(code: str) -> None:
    flat = batch.FlatBytes(b"".join(MESSAGES), offsets_of(MESSAGES, code))
    assert len(flat) == 5
    assert [flat[place] for place in range(5)] == MESSAGES
    assert flat[-1] == MESSAGES[-1]
    with pytest.raises(IndexError):
        flat[5]
    assert batch.sign_many(KEY, flat) == SIGNATURES
    signatures = batch.FlatBytes(b"".join(SIGNATURES), offsets_of(SIGNATURES, code))
    assert batch.verify_many(KEY.public_key, flat, signatures) == [None] * 5
    assert batch.verify_many(KEY.public_key, MESSAGES, signatures) == [None] * 5
    assert batch.verify_many(KEY.public_key, flat, SIGNATURES[::-1]).count(None) == 1


def test_offsets_may_start_and_end_within_the_data() -> None:
    flat = batch.FlatBytes(b"--" + b"".join(MESSAGES) + b"--", offsets_of(MESSAGES, first=2))
    assert batch.sign_many(KEY, flat) == SIGNATURES
    assert batch.sign_many(KEY, batch.FlatBytes(b"", array.array("q", [0]))) == []


def test_memory_that_cannot_change_is_used_in_place_and_other_memory_is_copied() -> None:
    data, ends = b"".join(MESSAGES), offsets_of(MESSAGES)
    for fixed in (data, memoryview(data), memoryview(data)[:]):
        assert batch.FlatBytes(fixed, ends).in_place
    changing = bytearray(data)
    for given in (changing, memoryview(changing), memoryview(changing).toreadonly()):
        flat = batch.FlatBytes(given, ends)
        assert not flat.in_place
        before = flat[2]
        changing[1] ^= 1
        assert flat[2] == before


def test_offsets_are_read_once_so_that_changing_them_changes_nothing() -> None:
    ends = offsets_of(MESSAGES)
    flat = batch.FlatBytes(b"".join(MESSAGES), ends)
    ends[2] = 10**12
    assert batch.sign_many(KEY, flat) == SIGNATURES


@pytest.mark.parametrize("ends", [[0, 3, 2], [0, 5], [-1, 2], [4, 4, 5], [2**62], [0, -(2**63)]])
def test_offsets_that_go_down_or_out_of_the_data_are_refused(ends: list[int]) -> None:
    with pytest.raises(ArgumentValueError, match="offset"):
        batch.FlatBytes(b"data", array.array("q", ends))


def test_other_buffers_are_refused() -> None:
    good = array.array("q", [0, 1])
    for data in (None, "text", 7, [1]):
        with pytest.raises(ArgumentTypeError):
            batch.FlatBytes(data, good)
    for offsets in (
        None,
        [0, 1],
        b"\x00\x01",
        array.array("d", [0, 1]),
        array.array("Q", [0, 1]),
    ):
        with pytest.raises(ArgumentTypeError):
            batch.FlatBytes(b"data", offsets)
    with pytest.raises(ArgumentValueError):
        batch.FlatBytes(memoryview(b"data")[::2], good)
    for valid in (b"", b"\x01\x01"):
        with pytest.raises(ArgumentValueError, match="valid"):
            batch.FlatBytes(b"data", good, valid=valid)
    rows_of_none = (ctypes.c_ubyte * 5 * 0)()
    assert len(batch.FlatBytes(rows_of_none, array.array("q", [0, 0]))) == 1


def test_a_null_is_a_verdict() -> None:
    flat = batch.FlatBytes(b"".join(MESSAGES), offsets_of(MESSAGES), valid=b"\x01\x00\x01\x01\x01")
    assert flat[1] is None
    found = batch.sign_many(KEY, flat)
    assert batch.codes(found) == [None, "argument.type", None, None, None]
    assert "null" in str(found[1])


def test_signatures_come_as_a_column_with_their_errors_beside() -> None:
    made = batch.sign_many(KEY, [*MESSAGES, 7], flat=True)  # type: ignore[list-item]
    assert len(made) == 6
    assert made.data == b"".join(SIGNATURES)
    assert [made.flat()[place] for place in range(6)] == [*SIGNATURES, b""]
    assert {place: error.code for place, error in made.errors.items()} == {5: "argument.type"}
    assert made.flat().in_place


def test_signatures_in_a_column_are_read_and_verified_as_they_are() -> None:
    made = batch.sign_many(KEY, [*MESSAGES, 7], flat=True)  # type: ignore[list-item]
    *signatures, error = made
    assert signatures == SIGNATURES
    assert isinstance(error, ArgumentTypeError)
    assert made[-1] is error
    assert made[0] == SIGNATURES[0]
    with pytest.raises(IndexError):
        made[6]
    assert repr(made) == "<FlatSignatures of 6, 1 of them errors>"
    found = batch.verify_many(KEY.public_key, [*MESSAGES, b""], made)
    assert batch.codes(found) == [None] * 5 + ["signature.invalid"]


def test_offsets_of_no_use_are_refused_with_the_reason() -> None:
    turned = memoryview((ctypes.c_int64.__ctype_be__ * 2)(0, 4))
    moved = memoryview(bytes(33))[1:25].cast("q")
    for offsets in (turned, moved):
        with pytest.raises(ArgumentTypeError, match="buffer of int32 or int64"):
            batch.FlatBytes(b"data", offsets)
    for empty in (b"", memoryview(b"").cast("q"), array.array("i")):
        with pytest.raises(ArgumentValueError, match="at least one"):
            batch.FlatBytes(b"data", empty)


def library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        pytest.skip(f"{name} is not installed: pip install 'countermark[arrow]'")


@pytest.mark.arrow
@pytest.mark.parametrize(
    ("kind", "in_place"),
    [("binary", True), ("large_binary", True), ("binary_view", False)],
)
def test_columns_of_pyarrow_go_in_and_those_of_one_buffer_in_place(
    kind: str, in_place: bool
) -> None:
    pa = library("pyarrow")
    column = pa.array(MESSAGES, type=getattr(pa, kind)())
    flat = batch.from_arrow(column)
    data = column.buffers()[2]
    before = pa.total_allocated_bytes()
    again = batch.from_arrow(column)
    assert (pa.total_allocated_bytes() == before) == in_place
    assert len(again) == len(flat) == len(MESSAGES)
    assert flat.in_place
    assert data is not None
    assert batch.sign_many(KEY, flat) == SIGNATURES
    sliced = batch.from_arrow(column[1:4])
    assert batch.sign_many(KEY, sliced) == SIGNATURES[1:4]
    chunked = pa.chunked_array([column[:2], column[2:]])
    assert batch.sign_many(KEY, batch.from_arrow(chunked)) == SIGNATURES
    empty = pa.array([], type=getattr(pa, kind)())
    assert batch.sign_many(KEY, batch.from_arrow(empty)) == []
    assert batch.sign_many(KEY, batch.from_arrow(pa.chunked_array([], type=empty.type))) == []


@pytest.mark.arrow
def test_text_fixed_sizes_and_dictionaries_of_pyarrow_go_in() -> None:
    pa = library("pyarrow")
    texts = ["", "é", "text"]
    expected = [KEY.sign(text.encode()) for text in texts]
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        assert batch.sign_many(KEY, batch.from_arrow(pa.array(texts, type=kind))) == expected
    fixed = pa.array([b"ab", b"cd"], type=pa.binary(2))
    assert batch.sign_many(KEY, batch.from_arrow(fixed)) == [KEY.sign(b"ab"), KEY.sign(b"cd")]
    coded = pa.array(texts).dictionary_encode()
    assert batch.sign_many(KEY, batch.from_arrow(coded)) == expected


@pytest.mark.arrow
def test_nulls_of_pyarrow_are_verdicts_and_signatures_go_back_with_nulls() -> None:
    pa = library("pyarrow")
    column = pa.array([b"a", None, b"b", None])
    made = batch.sign_many(KEY, batch.from_arrow(column), flat=True)
    assert {place: error.code for place, error in made.errors.items()} == {
        1: "argument.type",
        3: "argument.type",
    }
    back = made.to_arrow()
    back.validate(full=True)
    assert back.to_pylist() == [KEY.sign(b"a"), None, KEY.sign(b"b"), None]
    sliced = batch.from_arrow(column[1:3])
    assert batch.codes(batch.sign_many(KEY, sliced)) == ["argument.type", None]
    found = batch.verify_many(KEY.public_key, batch.from_arrow(column), batch.from_arrow(back))
    table = pa.table({"message": column, "verdict": pa.array(batch.codes(found), pa.string())})
    assert table["verdict"].to_pylist() == [None, "argument.type", None, "argument.type"]
    whole = batch.sign_many(KEY, MESSAGES, flat=True).to_arrow()
    whole.validate(full=True)
    assert whole.to_pylist() == SIGNATURES


@pytest.mark.arrow
def test_columns_of_polars_go_in() -> None:
    library("pyarrow")
    pl = library("polars")
    series = pl.Series("message", MESSAGES)
    assert batch.sign_many(KEY, batch.from_arrow(series)) == SIGNATURES
    assert batch.sign_many(KEY, batch.from_arrow(series[1:3])) == SIGNATURES[1:3]
    texts = pl.Series(["é", None])
    found = batch.sign_many(KEY, batch.from_arrow(texts))
    assert found[0] == KEY.sign("é".encode())
    assert batch.codes(found) == [None, "argument.type"]
    frame = pl.DataFrame({"message": series, "signature": SIGNATURES})
    verdicts = batch.verify_many(
        KEY.public_key, batch.from_arrow(frame["message"]), batch.from_arrow(frame["signature"])
    )
    assert (
        frame.with_columns(pl.Series("verdict", batch.codes(verdicts)))["verdict"].is_null().all()
    )


@pytest.mark.arrow
def test_columns_need_no_conversion_by_hand() -> None:
    pa = library("pyarrow")
    pl = library("polars")
    whole = pa.array(MESSAGES)
    for column in (whole, whole[1:], pa.chunked_array([whole[:1], whole[1:]]), pl.Series(MESSAGES)):
        expected = SIGNATURES[-len(column) :]
        assert batch.sign_many(KEY, column) == expected
        found = batch.verify_many(KEY.public_key, column, pa.array(expected))
        assert found == [None] * len(expected)


@pytest.mark.arrow
def test_the_rows_of_a_table_are_items() -> None:
    pa = library("pyarrow")
    pl = library("polars")
    signer = KeySigner("cr-1", KEY)
    made = [signer.sign(challenge_of(f"c{place}")) for place in range(4)]
    rows = {
        "assertion": [json.dumps(one) for one in made[:3]] + [None],
        "challenge": [challenge_of(f"c{place}")["challenge"] for place in range(3)] + ["another"],
        "public_key": [KEY.public_key.to_pem()] * 4,
    }
    table = pa.table(rows)
    for items in (table, table.to_batches()[0], pl.DataFrame(rows)):
        found = batch.verify_assertions(items)
        assert batch.codes(found) == [None, None, None, "argument.value"]
        assert batch.codes(batch.verify_stream(items, chunk=3)) == batch.codes(found)
    # A null is what an item does not have, and takes away nothing.
    shared = table.set_column(1, "challenge", pa.array([None] * 4, pa.string()))
    found = batch.verify_assertions(shared, challenge=rows["challenge"][1])
    mismatch = "client_data.challenge_mismatch"
    assert batch.codes(found) == [mismatch, None, mismatch, "argument.value"]
    with pytest.raises(ArgumentTypeError, match="as a table"):
        batch.verify_assertions(pa.array([1, 2]))


def test_a_column_with_too_few_offsets_is_refused() -> None:
    class Column:
        """As arrays look that came over a wire and were not validated."""

        type, null_count, offset = "large_binary", 0, 0

        def __len__(self) -> int:
            return 3

        def buffers(self) -> list[Any]:
            return self.made

        def __init__(self, made: list[Any]) -> None:
            self.made = made

    with pytest.raises(ArgumentValueError, match="fewer offsets"):
        batch.from_arrow(Column([None, bytes(16), b""]))
    for odd in (
        [],
        [None, None, None],
        [None, 5, b""],
        [None, bytes(7), b""],
        [None, bytes(32), "a"],
    ):
        with pytest.raises(ArgumentTypeError, match="column"):
            batch.from_arrow(Column(odd))


def test_without_pyarrow_it_is_named() -> None:
    made = batch.sign_many(KEY, MESSAGES, flat=True)
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from countermark import batch\n"
        "made = batch.FlatSignatures(b'', bytes(8), {})\n"
        "try: made.to_arrow()\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip().endswith("pip install 'countermark[arrow]'")
    assert len(made) == 5


@pytest.mark.arrow
def test_a_stream_holds_one_batch_of_a_reader_at_once() -> None:
    pa = library("pyarrow")
    signer = KeySigner("cr-1", KEY)
    text = json.dumps(signer.sign(challenge_of("c")))
    made = pa.record_batch({"assertion": [text] * 3})
    drawn: list[int] = []

    def batches() -> Iterator[Any]:
        for number in range(100):
            drawn.append(number)
            yield made

    shared = {"challenge": "c", "public_key": KEY.public_key}
    reader = pa.RecordBatchReader.from_batches(made.schema, batches())
    for source in (reader, batches()):
        drawn.clear()
        stream = batch.verify_stream(source, chunk=3, **shared)
        assert drawn == []
        assert [next(stream) for _ in range(4)] == [None] * 4
        assert len(drawn) <= 4
        assert list(stream) == [None] * 296
    # Of tables, too; what is no table is an item.
    mixed = [pa.Table.from_batches([made]), {"assertion": text}, 7]
    found = batch.codes(batch.verify_stream(mixed, **shared))
    assert found == [None] * 4 + ["argument.type"]


@pytest.mark.arrow
def test_other_columns_are_refused() -> None:
    pa = library("pyarrow")
    pl = library("polars")
    objects = pl.Series([b"a"], dtype=pl.Object)
    coded = pa.array([1, 2]).dictionary_encode()
    lists = pa.array([[b"a"]])
    for column in (pa.array([1]), pl.Series([1.5]), lists, objects, coded, None, [b"a"], b"a"):
        with pytest.raises(ArgumentTypeError, match="column"):
            batch.from_arrow(column)


@pytest.mark.arrow
def test_categories_of_polars_are_texts() -> None:
    library("pyarrow")
    pl = library("polars")
    series = pl.Series(["a", None, "b"], dtype=pl.Categorical)
    found = batch.sign_many(KEY, series)
    assert found[::2] == [KEY.sign(b"a"), KEY.sign(b"b")]
    assert batch.codes(found) == [None, "argument.type", None]


@pytest.mark.arrow
def test_frames_and_series_of_pandas_go_in_whatever_their_index() -> None:
    library("pyarrow")
    pd = library("pandas")
    text = json.dumps(KeySigner("cr-1", KEY).sign(challenge_of("c")))
    frame = pd.DataFrame({"assertion": [text] * 4, "challenge": ["c", "c", "d", "c"]})
    shared = {"public_key": KEY.public_key}
    wrong = "client_data.challenge_mismatch"
    for rows, due in (
        (frame, [None, None, wrong, None]),
        (frame[frame.index > 1], [wrong, None]),
        (frame.set_index(pd.Index(list("abcd"))), [None, None, wrong, None]),
    ):
        assert batch.codes(batch.verify_assertions(rows, **shared)) == due
        assert batch.codes(batch.verify_stream(rows, chunk=3, **shared)) == due
    series = pd.Series(MESSAGES, index=range(7, 12))
    assert (
        batch.sign_many(KEY, series) == batch.sign_many(KEY, batch.from_arrow(series)) == SIGNATURES
    )


@pytest.mark.arrow
def test_a_cell_of_pandas_is_the_object_that_is_there() -> None:
    pd = library("pandas")
    made = KeySigner("cr-1", KEY).sign(challenge_of("c"))
    shared: dict[str, Any] = {"public_key": KEY.public_key, "challenge": "c"}
    cells = [made, json.dumps(made), 5, "\ud800", {"kind": 5}, {"kind": 10**30}, object()]
    cells += [{**made, "unknown": None}, None, made]
    frame = pd.DataFrame({"assertion": pd.Series(cells, dtype=object)})
    items = [{"assertion": cell} if cell is not None else {} for cell in cells]
    due = batch.codes(batch.verify_assertions(items, **shared))
    assert due[:2] == [None, None] == due[-1:] * 2
    assert None not in due[2:-1]
    for source in (frame, pd.Series(items)):
        assert batch.codes(batch.verify_assertions(source, **shared)) == due
        assert batch.codes(batch.verify_stream(source, chunk=3, **shared)) == due
    assert batch.codes(batch.verify_stream([frame, frame], **shared)) == due * 2
    for wrong in ([["c", "c"]], [[1, 2]]):
        with pytest.raises(ArgumentValueError, match="two columns of one name"):
            batch.verify_assertions(pd.DataFrame(wrong, columns=["challenge", "challenge"]))


@pytest.mark.arrow
def test_a_table_without_columns_has_as_many_items_as_rows() -> None:
    pa, pd = library("pyarrow"), library("pandas")
    for table in (pa.table({"record": ["a", "b"]}).select([]), pd.DataFrame(index=[0, 1])):
        assert batch.codes(batch.verify_audit_records(table)) == ["argument.value"] * 2


@pytest.mark.arrow
def test_structs_and_texts_of_arrow_in_pandas_are_read_as_those_of_arrow() -> None:
    pa, pd = library("pyarrow"), library("pandas")
    made = KeySigner("cr-1", KEY).sign(challenge_of("c"))
    shared: dict[str, Any] = {"public_key": KEY.public_key, "challenge": "c"}
    rows = pa.array([made, {"kind": "Key"}, None])
    texts = pa.array([json.dumps(made), "{}", None])
    broken = pa.array([json.dumps(made).encode(), b"\xff"]).view(pa.string())
    for column in (rows, texts, texts.dictionary_encode(), broken):
        series = pd.Series(column, dtype=pd.ArrowDtype(column.type))
        found = batch.codes(batch.verify_assertions(pd.DataFrame({"assertion": series}), **shared))
        table = pa.table({"assertion": column})
        assert found == batch.codes(batch.verify_assertions(table, **shared))
        assert found[0] is None
        assert None not in found[1:]


@pytest.mark.arrow
def test_chunks_that_are_too_large_together_get_wider_offsets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pa = library("pyarrow")
    chunks = pa.chunked_array([["a", "b"], ["c"]])
    assert str(arrow.one_array(chunks).type) == "string"
    # 2 GiB are too many for a test: the bound is moved.
    monkeypatch.setattr(arrow, "_MOST_INT32", chunks.nbytes - 1)
    assert str(arrow.one_array(chunks).type) == "large_string"
    assert [*map(batch.from_arrow(chunks).__getitem__, range(3))] == [b"a", b"b", b"c"]


@pytest.mark.arrow
def test_tables_that_cannot_be_read_are_refused() -> None:
    pa = library("pyarrow")
    twice = pa.table([pa.array(["a"]), pa.array(["b"])], names=["challenge", "challenge"])
    with pytest.raises(ArgumentValueError, match="items"):
        batch.verify_assertions(twice)


@pytest.mark.arrow
def test_a_query_of_polars_that_has_not_run_is_no_table() -> None:
    query = library("polars").LazyFrame({"record": ["{}"]})
    with pytest.raises(ArgumentTypeError, match="collect"):
        batch.verify_audit_records(query)
    with pytest.raises(ArgumentTypeError, match="collect"):
        batch.sign_many(KEY, query)


@pytest.mark.arrow
def test_members_of_structs_that_another_row_alone_has_are_not_there() -> None:
    pa = library("pyarrow")
    key = PrivateKey.generate("ES256")
    signers = (KeySigner("cr-1", key), KeySigner("cr-1", key, algorithm="SHA256"))
    rows = [signer.sign(challenge_of("c")) for signer in signers]
    table = pa.table({"assertion": rows})
    shared: dict[str, Any] = {"public_key": key.public_key, "challenge": "c"}
    assert "algorithm" in rows[1]["credentialAssertion"].keys() - rows[0]["credentialAssertion"]
    assert batch.verify_assertions([{"assertion": row} for row in rows], **shared) == [None, None]
    assert batch.verify_assertions(table, **shared) == [None, None]
    assert list(batch.verify_stream(table, **shared)) == [None, None]


@pytest.mark.arrow
def test_a_cell_that_python_has_no_value_for_is_the_fault_of_its_item() -> None:
    pa = library("pyarrow")
    text = json.dumps(KeySigner("cr-1", KEY).sign(challenge_of("c"))).encode()
    shared: dict[str, Any] = {"public_key": KEY.public_key, "challenge": "c"}
    column = pa.array([text, b"\xff", text]).view(pa.string())
    for found in (
        batch.verify_assertions(pa.table({"assertion": column}), **shared),
        batch.verify_assertions([{"assertion": one} for one in (text, b"\xff", text)], **shared),
    ):
        assert batch.codes(found) == [None, "json.utf8", None]
    never = pa.array([10**13, None], type=pa.timestamp("s"))
    table = pa.table({"assertion": [text, text], "credential_id": never})
    assert batch.codes(batch.verify_assertions(table, **shared)) == ["argument.type", None]


@pytest.mark.arrow
def test_objects_of_polars_are_no_cells() -> None:
    pl = library("polars")
    frame = pl.DataFrame({"record": pl.Series([{}], dtype=pl.Object)})
    for source in (frame, [frame]):
        with pytest.raises(ArgumentTypeError, match="items"):
            list(batch.verify_stream(source, verify=batch.verify_audit_records))
    with pytest.raises(ArgumentTypeError, match="items"):
        batch.verify_audit_records(frame)


@pytest.mark.arrow
def test_an_empty_end_of_a_column_is_a_column() -> None:
    pa = library("pyarrow")
    assert len(batch.from_arrow(pa.array(["a", "b", "c"])[3:])) == 0


@pytest.mark.arrow
def test_a_column_that_is_no_argument_is_the_fault_of_the_call() -> None:
    pa = library("pyarrow")
    table = pa.table({"record": ["{}"], "when": ["today"]})
    for source in (table, [table], table.to_reader(), library("polars").DataFrame(table)):
        with pytest.raises(ArgumentValueError, match=r"'when'.*record") as raised:
            list(batch.verify_stream(source, verify=batch.verify_audit_records))
        assert raised.value.field == "items"
    with pytest.raises(ArgumentValueError, match=r"'when'.*record"):
        batch.verify_audit_records(table)
    assert batch.codes(batch.verify_audit_records(table.select(["record"]))) == [
        "assertion.missing"
    ]
    # A function that is not ours has columns of its own.
    assert list(batch.verify_stream(table, verify=len_of_each)) == [2]


def len_of_each(items: list[dict[str, Any]]) -> list[int]:
    return [len(item) for item in items]


@pytest.mark.arrow
@pytest.mark.parametrize(
    "form",
    [
        *("texts", "bytes", "structs", "chunks", "categories", "series", "series_of_structs"),
        *("table", "reader", "frame", "pandas", "pandas_frame", "objects"),
    ],
)
def test_challenges_come_in_columns_and_tables(form: str) -> None:
    pa, pl, pd = library("pyarrow"), library("polars"), library("pandas")
    challenges: list[Any] = [challenge_of("a"), {**challenge_of("b"), "expires": "never"}]
    texts = [json.dumps(one) for one in challenges]
    table = pa.Table.from_pylist(challenges)
    given, more = {
        "texts": (pa.array([*texts, None, "no"]), ["argument.type", "json.shape"]),
        "bytes": (pa.array([text.encode() for text in texts]), []),
        "structs": (pa.array([*challenges, None]), ["argument.type"]),
        "chunks": (pa.chunked_array([texts[:1], texts[1:]]), []),
        "categories": (pa.array(texts).dictionary_encode(), []),
        "series": (pl.Series([*texts, None]), ["argument.type"]),
        "series_of_structs": (pl.Series(challenges), []),
        "table": (table, []),
        "reader": (table.to_reader(), []),
        "frame": (pl.DataFrame(challenges), []),
        "pandas": (pd.Series([*texts, None], index=[5, 3, 1]), ["argument.type"]),
        "pandas_frame": (pd.DataFrame(challenges, index=[4, 7]), []),
        "objects": (pl.Series([*challenges, object()], dtype=pl.Object), ["argument.type"]),
    }[form]
    signer = KeySigner("cr-1", KEY)
    found = signer.sign_many(given)
    assert found[:2] == signer.sign_many(challenges) == [signer.sign(one) for one in challenges]
    assert batch.codes(found[2:]) == more


@pytest.mark.arrow
def test_columns_that_hold_no_challenges_are_refused_or_their_items_are() -> None:
    pa, pl = library("pyarrow"), library("polars")
    signer = KeySigner("cr-1", KEY)
    for wrong in (pl.LazyFrame({"challenge": ["c"]}), pl.DataFrame({"challenge": [object()]})):
        with pytest.raises(ArgumentTypeError) as raised:
            signer.sign_many(wrong)
        assert raised.value.field == "challenges"
    twice = pa.table([pa.array(["a"]), pa.array(["b"])], names=["challenge", "challenge"])
    with pytest.raises(ArgumentValueError, match="challenges"):
        signer.sign_many(twice)
    assert batch.codes(signer.sign_many(pa.array([1]))) == ["argument.type"]
    assert batch.codes(signer.sign_many(pa.table({"other": [1]}))) == ["challenge.missing"]
    broken = pa.array([b"\xff"]).view(pa.string())
    assert batch.codes(signer.sign_many(broken)) == ["json.utf8"]
