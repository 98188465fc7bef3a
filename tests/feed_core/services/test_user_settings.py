"""Settings: edited one by one, and brought together with another region's."""

import pytest

from feed_core.model.errors import InvalidInput
from feed_core.model.settings import StoredSettings, UserSettings
from feed_core.services.user_settings import SettingsService
from tests.feed_core.services.conftest import World


def test_an_edit_changes_what_it_names_alone(world: World) -> None:
    settings = world.core.settings
    assert settings.get(world.ann) == UserSettings()
    settings.edit(world.ann, {"notify_likes": False, "language": "de"})
    assert settings.edit(world.ann, {"muted_words": ["Spoiler ", "spoiler", "a"]}) == UserSettings(
        notify_likes=False, language="de", muted_words=("a", "spoiler")
    )
    assert settings.get(world.ben) == UserSettings()


@pytest.mark.parametrize(
    "changes",
    [{"unknown": 1}, {"notify_likes": "yes"}, {"language": "xx"}, {"language": 5}, {"muted_words": "a"},
     {"muted_words": [""]}, {"muted_words": ["x" * 51]}, {"muted_words": [f"w{n}" for n in range(201)]},
     {"language": "de", "notify_likes": None}],
)  # fmt: skip
def test_bad_settings_are_refused_and_change_nothing(world: World, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        world.core.settings.edit(world.ann, changes)
    assert world.core.settings.get(world.ann) == UserSettings()


def test_two_regions_lose_no_edit_of_each_other(world: World) -> None:
    stores, core = world.core.stores, world.core
    one = SettingsService(stores.settings, stores.accounts, stores.transactions, core.clock, "one")
    one.edit(world.ann, {"language": "de", "muted_words": ["a"]})
    here = stores.settings.get_many([world.ann])
    stores.settings.remove([world.ann])
    two = SettingsService(stores.settings, stores.accounts, stores.transactions, core.clock, "two")
    two.edit(world.ann, {"notify_likes": False, "muted_words": ["b"]})
    two.take_over(here)
    two.take_over(here)
    assert two.get(world.ann) == UserSettings(notify_likes=False, language="de", muted_words=("a", "b"))
    two.edit(world.ann, {"muted_words": ["c"]})
    two.take_over(here)
    assert two.get(world.ann).muted_words == ("c",)


def test_regions_of_one_name_lose_no_setting_and_see_the_later(world: World) -> None:
    stores, settings = world.core.stores, world.core.settings
    settings.edit(world.ann, {"language": "de", "muted_words": ["a"]})
    here = stores.settings.get_many([world.ann])
    stores.settings.remove([world.ann])
    world.clock.set(world.clock.now() + 1)
    settings.edit(world.ann, {"language": "fr", "notify_likes": False})
    there = stores.settings.get_many([world.ann])
    settings.take_over(here)
    both = UserSettings(notify_likes=False, language="fr", muted_words=("a",))
    assert settings.get(world.ann) == both
    stores.settings.put(here)
    settings.take_over(there)
    assert settings.get(world.ann) == both


def test_a_field_without_an_edit_is_as_if_never_set(world: World) -> None:
    world.core.stores.settings.put({world.ann: StoredSettings(seen={"one": 1}, fields={"language": ()})})
    assert world.core.settings.get(world.ann) == UserSettings()
    assert world.core.settings.edit(world.ann, {"language": "de"}).language == "de"
