"""The words that scripts read when an action is refused.

The words of plans that stand in databases, in JSON and in scripts.
"""

from __future__ import annotations

from proximity_tui.core.model import RefusalCode, StepName


def test_the_codes_of_refusals_stand_as_they_were_released() -> None:
    released = (
        "absent adopted already_running already_stopped backup_limit backup_storage bind_mount busy changed closed"
        " confirmation denied disarmed failed frozen ha_managed identity_unsure inactive invalid kind_unknown locked"
        " managed no_clinical_record no_place no_quorum not_a_container not_a_template not_found not_shared offline"
        " protected read_only record_altered renamed replaced replicated running same_cluster state template"
        " unknown_status wrong_cluster"
    )
    assert {str(code) for code in RefusalCode} >= set(released.split())


def test_the_names_of_steps_stand_as_they_were_released() -> None:
    released = (
        "ask await_status shutdown stop back_up prove_backup destroy prove_absent release create clone verify start"
        " settle capture record look"
    )
    assert {str(name) for name in StepName} >= set(released.split())


def test_a_name_that_no_version_of_ours_knows_is_unreadable_and_never_another_step() -> None:
    assert [StepName.read(text) for text in ("destroy", "DESTROY", "", None, 7)] == [
        StepName.DESTROY,
        *[StepName.UNREADABLE] * 4,
    ]


def test_a_person_reads_the_name_of_a_step_in_plain_words() -> None:
    assert all(name.words.replace(" ", "").isalpha() for name in StepName)
    assert StepName.AWAIT_STATUS.words == "wait"
