"""Code beside a bundle is used only with the seal that was made with it."""

import msgspec
import pytest

from features.bundle import write_bundle
from ranking_service.scoring.compiling import Seal, compile_bundle, is_compiled
from ranking_service.scoring.model import model_of


@pytest.fixture(scope="module")
def bundle(models, tmp_path_factory):
    bundle = write_bundle(
        tmp_path_factory.mktemp("bundles") / "v1", version="v1", models={"like": models["like"]},
        calibrations={}, objective="heads", metrics={}, created_at=1,
    )  # fmt: skip
    compile_bundle(bundle)
    return bundle


@pytest.fixture
def code(bundle):
    """The code file; it and its seal are put back after the test."""
    code = bundle.compiled_path("like")
    seal = code.with_suffix(".seal")
    before = [(path, path.read_bytes()) for path in (code, seal)]
    yield code
    for path, content in before:
        path.write_bytes(content)


def test_nothing_but_code_and_seal_is_left_of_compiling(bundle, code):
    assert set(code.parent.iterdir()) == {code, code.with_suffix(".seal")}
    assert is_compiled(bundle, "like")


def test_what_is_compiled_is_not_compiled_again(bundle, code):
    before = code.stat().st_mtime_ns
    compile_bundle(bundle)
    assert code.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"sha256": 1}', b"{}", b'{"sha256": "\xff"}']
)
def test_code_under_a_damaged_seal_is_not_loaded(bundle, code, content):
    code.with_suffix(".seal").write_bytes(content)
    assert not is_compiled(bundle, "like")
    assert not model_of(bundle).compiled


@pytest.mark.parametrize("gone", [".bin", ".seal"])
def test_one_without_the_other_is_as_good_as_nothing(bundle, code, gone):
    code.with_suffix(gone).unlink()
    assert not is_compiled(bundle, "like")


@pytest.mark.parametrize("field", Seal.__struct_fields__)
def test_a_seal_says_which_code_for_which_machine_by_which_compiler(bundle, code, field):
    path = code.with_suffix(".seal")
    seal = msgspec.json.decode(path.read_bytes(), type=Seal)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(seal, **{field: "another"})))
    assert not is_compiled(bundle, "like")


def test_code_of_which_a_bit_has_changed_is_not_loaded(bundle, code):
    content = bytearray(code.read_bytes())
    content[len(content) // 2] ^= 1
    code.write_bytes(content)
    assert not is_compiled(bundle, "like")
