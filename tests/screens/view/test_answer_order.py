"""A late answer to an older question takes no newer one away."""

from proximity_tui.screens.view.answer_order import AnswerOrder


def test_a_late_answer_to_an_older_question_is_not_taken() -> None:
    order = AnswerOrder()
    older, newer = order.ask(), order.ask()
    assert order.take("prod", newer)
    assert not order.take("prod", older)
    assert order.take("prod", order.ask())


def test_answers_in_their_order_and_those_of_other_clusters_are_taken() -> None:
    order = AnswerOrder()
    older, newer = order.ask(), order.ask()
    assert order.take("prod", newer)
    assert order.take("lab", older)
    assert order.take("lab", newer)
