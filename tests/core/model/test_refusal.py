"""The words that scripts read when an action is refused."""

from __future__ import annotations

from proximity_tui.core.model import RefusalCode


def test_the_codes_of_refusals_stand_as_they_were_released() -> None:
    released = (
        "absent adopted already_running already_stopped backup_limit backup_storage bind_mount busy changed closed"
        " confirmation denied disarmed failed frozen ha_managed identity_unsure inactive invalid kind_unknown locked"
        " managed no_clinical_record no_place no_quorum not_a_container not_a_template not_found not_shared offline"
        " protected read_only record_altered renamed replaced replicated running same_cluster state template"
        " unknown_status wrong_cluster"
    )
    assert {str(code) for code in RefusalCode} >= set(released.split())
