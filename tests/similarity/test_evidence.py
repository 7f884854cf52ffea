"""Evidence: what is common, or handed out, counts nowhere; what few share counts by how few."""

from nbjudge.similarity.evidence import shared

CLASS = 40
COMMON, HANDED_OUT, RARE, OTHER = 0, 1, range(2, 8), range(8, 14)
INNER = [()] * 100


def students(*some):
    """Return a class whose first students have some parts; the others have what is common."""
    own = [frozenset({COMMON, HANDED_OUT, *parts}) for parts in some]
    return own + [frozenset({COMMON, HANDED_OUT})] * (CLASS - len(own))


def test_what_two_alone_share_is_evidence_and_what_is_common_is_none():
    found = shared(students(RARE, RARE), {HANDED_OUT}, INNER)
    assert found.of(0, 1).alike > 0.9
    assert found.of(0, 1).crowd == 2
    assert found.of(0, 1).bits > 4
    assert found.of(5, 6).bits == 0
    assert {COMMON, HANDED_OUT}.isdisjoint(found.rarity)


def test_what_was_handed_out_is_none_however_few_kept_it():
    found = shared(students(RARE, RARE), set(RARE), INNER)
    assert found.of(0, 1).bits == 0


def test_a_road_that_more_go_is_less_evidence():
    two, four = (shared(students(*[RARE] * size), (), INNER).of(0, 1) for size in (2, 4))
    assert four.crowd == 4
    assert 0 < four.bits < two.bits
    assert shared(students(*[RARE] * 5), (), INNER).of(0, 1).bits == 0  # more than a tenth


def test_something_unusual_that_is_not_the_same_speaks_against():
    found = shared(students(RARE, RARE, OTHER), (), INNER)
    assert found.of(0, 2).bits < found.of(5, 6).bits == 0
    mixed = shared(students([*RARE, *OTHER], [*RARE]), (), INNER)
    assert mixed.of(0, 1).bits < found.of(0, 1).bits


def test_a_part_counts_once_and_not_again_with_all_that_it_stands_in():
    inner = [()] * 100
    inner[3] = (2,)
    nested = shared(students([2, 3], [2, 3]), (), inner)
    assert nested.own[0] == shared(students([2], [2]), (), INNER).own[0]


def test_a_class_of_nobody_and_of_one_has_no_pairs():
    assert len(shared([], (), INNER).keys) == 0
    assert len(shared([frozenset(RARE)], (), INNER).keys) == 0
