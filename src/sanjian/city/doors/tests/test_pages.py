"""A page is read as a browser would send its forms back."""

from sanjian.city.doors.pages import read

PAGE = """
<form action="/a/act/ask/?s=1" method="post"><input type="hidden" name="csrfmiddlewaretoken" value="x">
  <label class="choice"><input type="checkbox" name="items" value="1"><span>废气排放口检查</span></label>
  <label class="choice"><input type="checkbox" name="items" value="2" checked><span>台账检查</span></label>
  <select name="kind"><option value="a">甲</option><option value="b" selected>乙</option></select>
  <textarea name="reason">
已有文字</textarea><button name="go" value="next">下一步</button></form>
<form method="get"><input name="q"></form>
<a href="/x/1/?a=1&amp;b=2">去</a><span class="error">请填写理由</span>
<section class="panel" role="alert"><ul><li>间隔太短</li></ul></section>
"""


def test_a_form_gives_back_what_it_was_given() -> None:
    form = read(200, "/here/", PAGE).form("/act/ask/")
    assert form.given == {"csrfmiddlewaretoken": ["x"], "items": ["2"], "kind": ["b"], "reason": ["已有文字"]}


def test_choices_are_known_by_their_words() -> None:
    form = read(200, "/here/", PAGE).form("/act/ask/")
    assert (form.pick("items", "台账"), form.pick("items", "不存在"), form.pick("kind", "乙")) == ("2", "1", "b")


def test_a_form_without_action_is_sent_to_its_own_page() -> None:
    assert read(200, "/here/", PAGE).forms[1].action == "/here/"


def test_links_and_complaints_are_read() -> None:
    page = read(422, "/here/", PAGE)
    assert page.link(r"/x/\d+/[^\"]*") == "/x/1/?a=1&b=2"
    assert page.complaint() == "请填写理由；间隔太短"
