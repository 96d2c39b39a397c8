"""Templates are compiled once for all environments that share what was compiled."""

from jinja2 import DictLoader, Environment

from cloud.foundation.compiled import CompiledOnce


def an_environment(compiled, **sources):
    return Environment(loader=DictLoader(sources), bytecode_cache=compiled, autoescape=True)


def code_of(environment, name):
    return environment.get_template(name).root_render_func.__code__


def test_two_environments_share_the_code_and_the_same_words_come_out():
    compiled = CompiledOnce()
    first, second = (an_environment(compiled, page="Hello {{ who }}") for _ in range(2))

    assert code_of(first, "page") is code_of(second, "page")
    assert second.get_template("page").render(who="Ada") == "Hello Ada"


def test_another_text_of_the_same_name_is_compiled_for_itself():
    compiled = CompiledOnce()
    old = an_environment(compiled, page="old")
    new = an_environment(compiled, page="new")

    assert [one.get_template("page").render() for one in (old, new, old)] == ["old", "new", "old"]
