"""The words of the society: topics with their hashtags (commonest first), general tags, places."""

from typing import NamedTuple

_TOPICS = """
running: running trailrun marathon parkrun morningrun tempo runclub ultra cadence strides racewalk fartlek halfmarathon runhappy shoegeek
cycling: cycling gravel roadbike peloton bikepacking velodrome mtb fixie commute singletrack climbing_bike criterium wheels chainring bikelife
climbing: climbing bouldering sendit crimp alpine belay tradclimb slab chalk beta topout crag dyno rope sportclimb
yoga: yoga asana vinyasa mobility breathwork stretch balance mindful flow handstand savasana yin meditation core calm
football: football matchday derby goal golazo keeper hattrick terraces awayday kickoff freekick var offside fivealfa pitch
surfing: surfing swell barrel longboard dawnpatrol lineup offshore pointbreak wax reef shaka wipeout bodysurf groundswell glassy
travel: travel wander passport roadtrip hostel backpacking citybreak slowtravel nightrain airport itinerary postcard island oldtown nomad
food: food homemade foodie brunch streetfood noodles recipe supper umami tapas leftovers dumplings chef delicious spice
baking: baking sourdough crumb croissant pastry starter rye proofing brioche laminated cake oven scoring cinnamon focaccia
coffee: coffee espresso latteart pourover flatwhite roastery aeropress crema barista v60 grinder cortado filter chemex beans
plants: plants monstera houseplants repotting succulents botanical terrarium propagation fern cactus greenhouse seedlings pothos humidity orchid
gardening: gardening tomatoes allotment compost harvest perennials roses raisedbed mulch seeds bees orchard pruning herbs wildflowers
cats: cats catsofloupe kitten whiskers purr tabby blep catnap calico meow loaf zoomies ginger tuxedo rescuecat
dogs: dogs puppy goodboy fetch corgi whippet walkies rescuedog retriever dogpark snoot terrier zoom collie pawprint
street: streetphoto candid shadows crosswalk monochrome grain neon reflection silhouette umbrella subway layers noir 35mm decisive
landscape: landscape goldenhour mountains fog longexposure ridge bluehour waterfall aurora horizon valley tripod coast dunes milkyway
architecture: architecture brutalism facade concrete staircase modernism atrium symmetry minimal skyline bridge dome arches bauhaus tower
illustration: illustration sketchbook gouache inktober lineart procreate watercolour character linocut comic zine doodle palette risograph printmaking
ceramics: ceramics pottery wheelthrown glaze kiln stoneware handbuilt porcelain celadon raku bisque mug sgraffito clay studio
knitting: knitting yarn cables fairisle handspun crochet merino sockknit wip cardigan ravel stitches wool colourwork lace
fashion: fashion ootd vintage thrifted denim tailoring sneakers layering capsule linen lookbook runway loafers knitwear accessories
music: music vinyl synth livegig bassline modular jazz setlist rehearsal mixtape drummer feedback techno strings encore
books: books currentlyreading bookstack poetry paperback novel library essays marginalia shortstories translated bookshop memoir sciencefiction chapter
gaming: gaming speedrun indiegame pixelart roguelike coop retro speedpaint boss controller lanparty platformer quest savegame arcade
"""

GENERAL_TAGS = (
    "photooftheday", "today", "weekend", "friends", "home", "mood", "morning", "sunday", "throwback", "winter", "new",
    "little_things",
)  # fmt: skip


class Place(NamedTuple):
    """A city and its offset from UTC in hours (winter time, whole hours)."""

    name: str
    utc_offset: int


PLACES = (
    Place("Lisbon", 0), Place("London", 0), Place("Berlin", 1), Place("Lagos", 1), Place("Cape Town", 2),
    Place("Istanbul", 3), Place("Mumbai", 5), Place("Singapore", 8), Place("Tokyo", 9), Place("New York", -5),
    Place("Mexico City", -6), Place("Sao Paulo", -3),
)  # fmt: skip


def _parse(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    lines = (line.split(": ") for line in text.strip().splitlines())
    return tuple((name, tuple(tags.split())) for name, tags in lines)


TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = _parse(_TOPICS)


def topic_tags(topics: int, per_topic: int) -> list[tuple[str, ...]]:
    """The hashtags of the first ``topics`` topics, ``per_topic`` each, commonest first."""
    return [tags[:per_topic] for _, tags in TOPICS[:topics]]
