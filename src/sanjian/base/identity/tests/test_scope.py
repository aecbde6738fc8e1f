"""Row scope is denied by default: whatever role, district, body or object, nobody sees more than their own."""

from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.identity.models import OFFICIAL_ROLES, REGULATED_ROLES, Account, District, Role
from sanjian.base.identity.scope import body_scope, district_scope

HERE, THERE = "310115", "310116"
accounts = st.builds(
    lambda role, district, object_id, body_id: Account(
        role=role,
        district=District(code=district, name=district, is_city=district == "310000") if district else None,
        inspection_object_id=object_id,
        body_id=body_id,
    ),
    st.sampled_from([*Role.values, "", "king"]),
    st.sampled_from([None, HERE, THERE, "310000"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 1, 2]),
)


@given(viewer=accounts)
def test_a_district_s_records(viewer: Account) -> None:
    scope = district_scope(viewer)
    if viewer.role == Role.AUDITOR or (viewer.role in OFFICIAL_ROLES and viewer.sees_whole_city):
        assert not scope.children
    elif viewer.role in OFFICIAL_ROLES and viewer.district_id:
        assert scope.children == [("district_id", viewer.district_id)]
    elif viewer.role in REGULATED_ROLES and viewer.inspection_object_id:
        assert scope.children == [("id", viewer.inspection_object_id)]
    else:
        assert scope.children == [("pk__in", [])]


@given(viewer=accounts)
def test_a_body_s_records(viewer: Account) -> None:
    scope = body_scope(viewer, body="officer__body")
    if viewer.role == Role.AUDITOR or (viewer.role in OFFICIAL_ROLES and viewer.sees_whole_city):
        assert not scope.children
    elif viewer.role in OFFICIAL_ROLES and viewer.body_id:
        assert scope.children == [("officer__body_id", viewer.body_id)]
    else:
        assert scope.children == [("pk__in", [])]
