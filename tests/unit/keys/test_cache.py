"""Unwrapped keys are few and are not remembered for long."""

from tanhui.support.security.keys.cache import KeyCache
from tanhui.support.security.keys.envelope import OpenKey


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_key_is_forgotten_after_its_life():
    watch = Watch()
    cache, key = KeyCache(most=5, life_s=60, monotonic=watch), OpenKey(b"k" * 32)
    cache.put(b"wrapped", key)

    watch.now = 59.9
    assert cache.get(b"wrapped") is key
    watch.now = 60.0
    assert cache.get(b"wrapped") is None
    assert len(cache) == 0


def test_use_does_not_prolong_a_life():
    watch = Watch()
    cache = KeyCache(most=5, life_s=60, monotonic=watch)
    cache.put(b"wrapped", OpenKey(b"k" * 32))
    for second in range(60):
        watch.now = second
        assert cache.get(b"wrapped") is not None

    watch.now = 60
    assert cache.get(b"wrapped") is None


def test_of_too_many_the_one_longest_unused_goes():
    cache = KeyCache(most=2, life_s=60, monotonic=Watch())
    keys = {name: OpenKey(b"k" * 32) for name in (b"a", b"b", b"c")}
    cache.put(b"a", keys[b"a"])
    cache.put(b"b", keys[b"b"])
    assert cache.get(b"a") is keys[b"a"]

    cache.put(b"c", keys[b"c"])

    assert [cache.get(name) for name in (b"a", b"b", b"c")] == [keys[b"a"], None, keys[b"c"]]


def test_a_key_shredded_is_forgotten_at_once():
    cache = KeyCache(monotonic=Watch())
    cache.put(b"wrapped", OpenKey(b"k" * 32))

    cache.forget(b"wrapped")
    cache.forget(b"unknown")

    assert cache.get(b"wrapped") is None
