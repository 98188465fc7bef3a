"""Names for the people, distinct and readable, so that a page of the console looks like one."""

import numpy as np

_FIRST = """Ada Amara Anouk Bilal Bruno Carla Chidi Dalia Diego Elif Emre Esther Farah Felix Freya Goran Greta Hana
Hugo Ines Ivo Jamal Jana Joao Kaito Keiko Kofi Lars Leila Lina Luca Maja Malik Marta Mei Milo Mira Nadia Nils Noor
Oona Otto Pablo Petra Priya Quinn Rafael Rania Rosa Sami Sana Selma Sofia Tariq Thandi Tomas Uma Vera Wanjiru Yara
Yusuf Zane Zofia Zuri""".split()
_LAST = """Abebe Adeyemi Aguilar Almeida Andersen Aydin Bakker Barros Berg Castillo Chen Costa Cruz Dahl Demir Diallo
Duarte Eriksen Farouk Ferrari Fischer Fujita Garcia Gomes Grant Haddad Hansen Herrera Ito Ivanov Jansen Kamau Kaya
Keller Khan Kim Kovac Kumar Larsen Lim Lindqvist Lopez Maier Marino Mendes Mori Moyo Mwangi Nair Ndlovu Novak Okafor
Okoye Olsen Ortiz Park Patel Pereira Petrov Quist Rahman Reyes Rossi Santos Sato Schmidt Silva Singh Soares Suzuki
Tanaka Torres Varga Vega Weber Wood Yamada Yilmaz Zhang Zeller""".split()


def full_names(rng: np.random.Generator, count: int) -> list[str]:
    """``count`` full names; those beyond the possible pairs repeat."""
    pairs = len(_FIRST) * len(_LAST)
    order = np.concatenate([rng.permutation(pairs) for _ in range(-(-count // pairs))])[:count]
    return [f"{_FIRST[pair % len(_FIRST)]} {_LAST[pair // len(_FIRST)]}" for pair in order.tolist()]


def usernames(names: list[str]) -> list[str]:
    """A distinct username per name: ``ada_berg``, and ``ada_berg2`` for the second of that name."""
    taken: dict[str, int] = {}
    made = []
    for name in names:
        base = name.lower().replace(" ", "_")
        taken[base] = taken.get(base, 0) + 1
        made.append(base if taken[base] == 1 else f"{base}{taken[base]}")
    return made
