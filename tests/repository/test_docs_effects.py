"""What the documentation says of a command or a setting is asserted, in a block or in a sentence.

`test_docs` holds the commands of bash blocks against the tests that run them. Here are the commands
that stand in sentences, the blocks of other languages, and for each command the tests that assert
what the page says it does.
"""

import ast
import re

import pytest
import yaml
from repository.test_docs import COMMANDS, FOLLOWED, FOLLOWED_LMS, NOT_RUN, PAGES, ROOT, RUN, blocks

from nbjudge.exchange import Collect
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.options import JudgeOptions
from nbjudge.platforms.tool import LTITool

PROGRAMS = (
    "nbgrader nbjudge jupyter pip python python3 py .venv/bin/python kubectl docker dask source "
    "apt-get"
)
SPAN = re.compile(rf"`((?:{'|'.join(map(re.escape, PROGRAMS.split()))}) [^`\n]+)`")
NBGRADER, GRADE = "tests/nbgrader_ext/test_nbgrader.py", "tests/classrun/test_grade.py"
NEW = "tests/authoring/test_scaffold.py"
FOLLOWS = "tests/slow/test_new_assignment_page.py::test_the_page_leads_from_nothing_to_feedback"
ADOPT = "tests/authoring/test_adopt.py"
BUILD, CLI = "tests/authoring/test_build.py", "tests/test_cli.py"
WATCH, ARCHIVES = "tests/exchange/test_watch.py", "tests/platforms/test_zip_collect.py"
EXTEND, LATE = "tests/exchange/test_extend.py", "tests/classrun/test_late.py"
SURVEY = "tests/mutation/test_survey.py"
PREVIEW = "tests/classrun/test_preview.py"
SURVEY, LMS_PAGE = "tests/mutation/test_survey.py", "tests/platforms/test_lms_page.py"
ROSTER, INTAKE = "tests/platforms/test_roster.py", "tests/platforms/test_intake.py"
EXPORT, CANVAS = "tests/platforms/test_export.py", "tests/platforms/test_canvas.py"
SENDING = "tests/platforms/test_sending.py"
MOODLE, GRADES = "tests/platforms/test_moodle.py", "tests/nbgrader_ext/test_grades.py"
REPORT, COMMENT = "tests/insight/test_report.py", "tests/insight/test_commenting.py"
HUB, POSTGRESQL = "tests/slow/test_hub.py", "tests/slow/test_postgresql.py"
FRESH, DASK = "tests/slow/test_fresh_environments.py", "tests/slow/test_dask.py"
DOCS, OUTSIDE = "tests/repository/test_docs.py", NOT_RUN + "installs or starts programs of others"
# The tests that assert what a page says a command does, by the words that a command begins with.
EFFECTS = {
    "nbjudge autograde attention --preview": [
        f"{PREVIEW}::test_a_stricter_rubric_is_previewed_and_then_written_exactly_so",
        f"{PREVIEW}::test_what_has_no_result_yet_is_new_and_others_keep_their_seeds",
        f"{PREVIEW}::test_the_table_is_for_people",
    ],
    "nbjudge changes": [f"{PREVIEW}::test_what_a_run_changed_is_kept_with_the_reason"],
    "nbjudge report": [
        f"{REPORT}::test_a_report_of_each_assignment_is_written_and_told",
        f"{REPORT}::test_nobody_is_named_unless_asked",
    ],
    "nbjudge comment": [
        f"{COMMENT}::test_a_criterion_reaches_all_who_lost_it_as_the_docs_say",
        f"{COMMENT}::test_a_group_gets_a_comment_and_points_and_nobody_else_does",
        f"{COMMENT}::test_a_regrade_keeps_it_and_asks_for_a_person_only_where_the_submission_changed",
    ],
    "nbjudge comment attention --list": [
        f"{COMMENT}::test_a_criterion_reaches_all_who_lost_it_as_the_docs_say"
    ],
    "nbjudge comment attention --undo": [
        f"{COMMENT}::test_it_is_undone_without_a_trace",
        f"{COMMENT}::test_what_a_person_wrote_or_gave_stays",
        f"{COMMENT}::test_a_comment_that_a_person_edited_is_not_removed",
    ],
    "python3 bootstrap.py demo": [
        f"{NBGRADER}::test_the_demo_succeeds_and_every_sample_gets_what_it_must_get",
        f"{DOCS}::test_the_grades_of_the_readme_are_those_that_the_demo_must_give",
    ],
    "python3 bootstrap.py": [
        "tests/repository/test_bootstrap.py::test_set_up_is_done_once_and_again_when_pins_change"
    ],
    "python3 -m pytest -c tests/cuda/pytest.ini": [
        "tests/repository/test_cuda.py::test_the_command_of_the_docs_says_what_it_needs",
        "tests/repository/test_cuda.py::test_they_need_torch_numpy_and_msgpack_alone",
    ],
    "nbjudge adopt": [
        f"{ADOPT}::test_nothing_in_the_course_changes_byte_for_byte",
        f"{ADOPT}::test_the_summary_comes_first_and_the_status_says_that_something_is_left",
        f"{ADOPT}::test_each_assignment_has_its_table_and_what_a_build_would_change",
    ],
    "nbjudge adopt --write": [
        f"{ADOPT}::test_the_two_lines_are_told_and_then_written_once",
        f"{ADOPT}::test_a_line_that_undoes_ours_is_named_and_nothing_is_written",
        f"{ADOPT}::test_what_was_graded_before_stays_until_it_is_asked_for_or_handed_in_again",
    ],
    "nbgrader generate_assignment": [
        f"{ADOPT}::test_what_was_graded_before_stays_until_it_is_asked_for_or_handed_in_again"
    ],
    "nbjudge build": [
        f"{BUILD}::test_check_names_what_is_stale_and_build_mends_it",
        f"{BUILD}::test_check_writes_nothing_and_build_registers_the_assignment",
        f"{BUILD}::test_a_wrong_reference_solution_writes_nothing_and_shows_the_criterion",
    ],
    "nbjudge new": [
        f"{NEW}::test_the_proof_shows_none_all_and_fewer_points",
        f"{NEW}::test_what_it_wrote_is_what_a_build_writes_and_verifies",
        f"{NEW}::test_a_name_that_is_taken_anywhere_is_refused",
        "tests/slow/test_new_assignment.py::"
        "test_a_run_that_is_stopped_takes_all_back_also_the_row_of_the_gradebook",
    ],
    "mkdir -p submitted": [FOLLOWS],
    "cp -r release": [FOLLOWS],
    "nbjudge judge": [
        f"{CLI}::test_judge_prints_criteria_seed_mended_and_time",
        f"{CLI}::test_judge_gives_json_that_is_the_same_for_the_same_seed",
    ],
    "nbjudge doctor": [
        f"{CLI}::test_doctor_finds_everything_here",
        f"{CLI}::test_doctor_names_what_is_missing_and_the_mend",
    ],
    "nbjudge autograde attention --cluster": [
        f"{DASK}::test_rows_and_files_are_those_of_local_workers_also_over_tls",
        f"{DASK}::test_ctrl_c_ends_a_local_cluster_and_all_that_it_started",
    ],
    "nbjudge autograde": [
        f"{GRADE}::test_each_submission_is_told_and_the_status_says_that_one_is_not_graded",
        f"{GRADE}::test_only_what_changed_is_graded_again",
    ],
    "nbjudge watch": [
        f"{WATCH}::test_a_submission_is_graded_and_its_author_reads_why",
        f"{WATCH}::test_the_command_grades_what_comes_until_it_is_stopped",
    ],
    "nbjudge results": [
        "tests/results/test_alone.py::test_the_command_opens_all_results_at_a_secret_address",
    ],
    "nbjudge similar": [
        "tests/similarity/test_command.py::test_the_terminal_has_a_short_table",
        "tests/similarity/test_command.py::test_the_page_shows_both_marked_and_escaped_and_asks",
        "tests/similarity/test_class.py::"
        "test_ten_pairs_among_two_hundred_students_are_found_and_no_other",
    ],
    "nbjudge extend": [
        f"{EXTEND}::test_the_command_as_a_user_runs_it",
        f"{EXTEND}::test_an_extension_takes_the_place_of_an_earlier_one_and_is_taken_back",
        f"{EXTEND}::test_a_file_gives_them_to_students_and_groups",
        f"{EXTEND}::test_a_wrong_line_is_named_and_nothing_is_written",
        f"{LATE}::test_an_extension_afterwards_takes_the_penalty_back_at_once_and_judges_nothing",
        f"{LATE}::test_a_due_date_that_moves_leaves_what_a_student_was_told",
    ],
    "nbjudge roster": [
        f"{LMS_PAGE}::test_the_page_leads_from_the_platforms_files_to_submissions",
        f"{ROSTER}::test_canvas_gives_names_and_its_own_ids",
        f"{ROSTER}::test_moodles_worksheet_gives_names_and_addresses",
        f"{ROSTER}::test_a_change_says_from_what_to_what_and_nobody_is_removed",
        f"{ROSTER}::test_a_row_that_is_unclear_is_refused_by_line_and_stops_nobody_else",
    ],
    "nbjudge import": [
        f"{LMS_PAGE}::test_the_page_leads_from_the_platforms_files_to_submissions",
        f"{INTAKE}::test_times_are_the_worksheets_and_no_others",
        f"{INTAKE}::test_a_later_archive_replaces_what_an_archive_put_there",
        f"{INTAKE}::test_what_did_not_come_from_an_archive_is_never_replaced",
        f"{INTAKE}::test_a_run_that_ends_anywhere_leaves_each_submission_whole",
    ],
    "nbjudge verify attention --mutants": [
        f"{CLI}::test_verify_tries_the_tests_on_edits_of_the_solution",
        f"{SURVEY}::test_the_page_has_numbers_first_and_ends_with_what_to_do",
        f"{SURVEY}::test_a_mark_that_fits_nothing_and_one_that_is_wrong_are_named",
        "tests/slow/test_verify_mutants.py::test_ctrl_c_prints_what_is_known_so_far",
    ],
    "nbjudge verify": [
        f"{CLI}::test_verify_prints_the_confusion_table_and_finds_a_rubric_that_is_too_kind"
    ],
    "dask": [f"{DASK}::test_rows_and_files_are_those_of_local_workers_also_over_tls"],
    "openssl": [f"{DASK}::test_rows_and_files_are_those_of_local_workers_also_over_tls"],
    "sudo python3 deploy/jupyterhub/hub.py demo": [
        f"{HUB}::test_nothing_is_lost_and_every_score_is_right"
    ],
    "sudo python3 deploy/jupyterhub/hub.py remove": [
        f"{HUB}::test_nothing_is_changed_while_the_hub_runs"
    ],
    "sudo python3 deploy/jupyterhub/hub.py grader nbjudge doctor": [
        f"{HUB}::test_the_doctor_finds_the_course_and_its_exchange_well"
    ],
    "sudo python3 deploy/jupyterhub/hub.py grader": [
        f"{HUB}::test_the_gradebook_comes_back_from_a_backup"
    ],
    "sudo cat": [
        "tests/slow/test_hub_restart.py::"
        "test_the_last_line_says_the_address_and_where_names_and_passwords_are"
    ],
    "sudo tar": [f"{HUB}::test_the_course_comes_back_from_its_archive"],
    "pg_": [f"{POSTGRESQL}::test_the_gradebook_comes_back_from_a_dump"],
    "nbgrader autograde attention --Judge.engine=plain": [
        f"{NBGRADER}::test_plain_nbgraders_own_execute_gives_the_same_scores_and_says_unconfined"
    ],
    "nbgrader autograde": [
        f"{GRADE}::test_rows_and_files_are_those_of_plain_nbgrader",
        f"{NBGRADER}::test_the_formgraders_button_grades_within_a_running_event_loop",
    ],
    "nbgrader db assignment": [
        # The table behind it says by how much the late student is late.
        f"{LMS_PAGE}::test_the_page_leads_from_the_platforms_files_to_submissions",
    ],
    "nbgrader generate_feedback": [
        f"{NBGRADER}::test_feedback_has_the_criteria_and_no_hidden_source"
    ],
    "nbjudge export": [
        f"{LMS_PAGE}::test_the_whole_road_is_followed",
        f"{EXPORT}::test_canvas_gets_the_scores_of_the_gradebook",
        f"{EXPORT}::test_moodle_gets_grades_and_comments",
        f"{EXPORT}::test_nothing_is_written_over",
        f"{EXPORT}::test_a_guess_is_shown_and_used_when_somebody_says_so",
        f"{EXPORT}::test_the_status_is_0_where_every_score_is_in_the_file",
        f"{EXPORT}::test_pages_of_feedback_travel_unless_they_are_missing_or_stale",
        f"{CANVAS}::test_canvas_takes_what_we_say_is_written_and_nothing_else",
        f"{CANVAS}::test_another_maximum_is_refused_until_somebody_says_what_then",
        f"{MOODLE}::test_moodle_takes_what_we_say_is_written_and_skips_nothing_of_it",
        f"{MOODLE}::test_a_grade_above_the_maximum_is_never_written_without_cap",
        f"{NBGRADER}::test_page_gradebook_and_a_platforms_file_have_one_score",
    ],
    "nbjudge export attention --lti": [
        f"{LMS_PAGE}::test_the_section_on_lti_leads_to_scores_at_a_platform",
        f"{SENDING}::test_each_student_has_the_score_of_the_gradebook_or_is_pending",
        f"{SENDING}::test_a_newer_submission_that_nobody_graded_is_pending",
        f"{SENDING}::test_what_has_not_changed_is_not_sent_again",
        f"{SENDING}::test_a_clock_that_was_set_back_sends_nothing_that_is_earlier",
        f"{SENDING}::test_who_never_came_from_the_platform_is_named",
        f"{SENDING}::test_a_platform_that_is_down_stops_the_rest",
        f"{SENDING}::test_cap_and_no_comments",
        f"{SENDING}::test_only_one_export_sends",
    ],
    "nbjudge lti-key": [
        f"{LMS_PAGE}::test_the_section_on_lti_leads_to_scores_at_a_platform",
        "tests/platforms/test_tool_key.py::test_a_key_is_made_once_and_only_its_public_part_is_shown",
    ],
    "nbgrader export": [
        f"{NBGRADER}::test_the_export_counts_the_bonus_on_top_of_100",
        f"{GRADES}::test_a_row_says_what_is_known",
        f"{GRADES}::test_names_are_quoted_as_csv_is_and_no_cell_is_a_formula",
    ],
    "nbgrader validate": [
        f"{NBGRADER}::test_validate_catches_a_failing_visible_test_and_passes_the_solution"
    ],
    "nbgrader collect": [f"{WATCH}::test_collecting_by_hand_takes_the_same_attempts"],
    "nbgrader zip_collect": [
        f"{ARCHIVES}::test_a_notebook_is_collected_whatever_the_lms_calls_it",
        f"{ARCHIVES}::test_what_cannot_be_collected_is_named_and_stops_nobody_else",
        f"{ARCHIVES}::test_two_of_one_name_stay_two_and_the_roster_knows_its_own",
        f"{ARCHIVES}::test_a_second_archive_needs_force_and_then_replaces",
    ],
    "nbgrader submit": [
        "tests/exchange/test_parcel.py::test_the_terminal_shows_it_and_the_status_says_so"
    ],
    "nbgrader release_assignment": [
        "tests/exchange/test_parcel.py::"
        "test_a_file_too_large_to_release_is_told_and_nothing_is_released"
    ],
    "nbgrader release_feedback": [
        "tests/classrun/test_recorded_is_shown.py::"
        "test_a_stale_page_is_not_released_and_a_released_one_is_named"
    ],
    "nbgrader db upgrade": [
        "tests/nbgrader_ext/test_gradebook.py::test_an_upgrade_keeps_what_is_in_the_gradebook"
    ],
    "python3 -m venv": [f"{FRESH}::test_all_pins_of_environment_yml_can_be_installed"],
    "pip install torch": [f"{FRESH}::test_notebooks_run_top_to_bottom"],
    "python deploy/kubernetes/check_values.py": [
        "tests/deploy/test_kubernetes.py::test_a_wrong_value_is_named_with_its_path_and_the_mend"
    ],
}
# Commands in sentences that no test runs, and why.
SENTENCES = {
    "jupyter lab": NOT_RUN + "waits for a person",
    "jupyter labextension list": OUTSIDE,
    "kubectl": OUTSIDE,
    "apt-get": OUTSIDE,
    "pip install": NOT_RUN + "bootstrap.py and hub.py install the same, with the same pins",
    "pip could not": NOT_RUN + "a message",
    "py ": NOT_RUN + "Windows",
    "source": NOT_RUN + "changes the shell that reads it",
    ".venv/bin/python -m pytest": NOT_RUN + "the tests themselves",
    "python benchmarks/": NOT_RUN + "prints a measurement",
    "nbgrader update": NOT_RUN + "the text says that it is not to be run",
}


def sentences():
    """Return the commands in the sentences of all pages."""
    found = set()
    for page in PAGES:
        prose = re.sub(r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.M | re.S)
        found |= set(SPAN.findall(prose))
    return sorted(found)


def effects(command):
    """Return the tests of the longest beginning of a command that `EFFECTS` knows."""
    known = [words for words in EFFECTS if command.startswith(words)]
    return EFFECTS[max(known, key=len)] if known else None


PAGE = [one for one, by in COMMANDS.items() if by in (FOLLOWED, FOLLOWED_LMS)]


@pytest.mark.parametrize("command", [*RUN, *PAGE, *sentences()])
def test_what_a_command_is_said_to_do_is_asserted(command):
    if effects(command) is None:
        assert any(command.startswith(words) for words in SENTENCES), "No test asserts it."
        return
    for test in effects(command):
        file, name = test.split("::")
        functions = {
            one.name: one
            for one in ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
            if isinstance(one, ast.FunctionDef)
        }
        assert name in functions, test
        called = {
            ast.unparse(one.func) for one in ast.walk(functions[name]) if isinstance(one, ast.Call)
        }
        own = [functions[name], *(functions[one] for one in called & set(functions))]
        assert any(isinstance(one, ast.Assert) for part in own for one in ast.walk(part)), test


def test_both_tables_hold_nothing_that_no_page_says():
    said = {*COMMANDS, *sentences()}
    for words in (*EFFECTS, *SENTENCES):
        assert any(command.startswith(words) for command in said), words


def test_the_configuration_of_the_docs_loads_and_chooses_what_it_says(tmp_path):
    (block,) = [b for b in blocks(ROOT / "docs/instructors.md", "python") if "get_config" in b]
    (tmp_path / "nbgrader_config.py").write_text(block, encoding="utf-8")
    config = configuration(tmp_path)
    assert config.CourseDirectory.course_id == "nlp-llm"
    limits = JudgeOptions(config=config).submission_limits()
    assert (limits.cell_seconds, limits.total_seconds, limits.memory_mb) == (60, 300, 4096)
    assert FeedbackOnSubmit(config=config).counts == "last"


def test_every_setting_that_the_docs_name_is_one():
    text = "".join(page.read_text("utf-8") for page in PAGES)
    kinds = {
        "Judge": JudgeOptions, "FeedbackOnSubmit": FeedbackOnSubmit, "Collect": Collect,
        "LTITool": LTITool,
    }  # fmt: skip
    named = set(re.findall(r"\bc\.(\w+)\.(\w+)", text))
    assert {kind for kind, _ in named} >= set(kinds)
    for kind, option in named:
        if kind in kinds:
            assert option in kinds[kind].class_trait_names(config=True), f"c.{kind}.{option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_of_python_and_yaml_can_be_read(page):
    for block in blocks(page, "python"):
        compile(block, page.name, "exec")
    for block in blocks(page, "yaml"):
        assert yaml.safe_load(block)
