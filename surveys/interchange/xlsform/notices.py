"""What the reader of an import is told, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.i18n import _l
from surveys.interchange.xlsform.remarks import Remark


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence about one place of a file; row 0 and no column mean the sheet or the file."""

    sheet: str
    row: int
    column: str
    message: str
    #: What is not offered here, in the words of other tools; "" for a mistake in the form.
    feature: str = ""


#: Sentences by their codes; the codes are stable.
MESSAGES: Final[Mapping[str, str]] = {
    # The file
    "not_a_workbook": _l("The file cannot be read as a workbook. Save it again and try once more."),
    "not_a_form": _l("The file does not hold the sheets of a form."),
    "not_utf8": _l("The file is not encoded in UTF-8. Save it as UTF-8."),
    "wrong_suffix": _l("The file is of another kind than its name says. Save it as .xlsx."),
    "unknown_suffix": _l(
        "Files of the kind “%(suffix)s” are not read. Use .xlsx, .xls, .csv or .md."
    ),
    "locked": _l("The file is protected by a password. Save it without one."),
    "macros": _l("The file carries macros. Save it as .xlsx without macros."),
    "macros_ignored": _l("The file carries macros. They were not looked at."),
    "too_big": _l("The file is too big. At most %(limit)s MB are read, unpacked."),
    "archive_odd": _l("The inside of the file is not that of a usual workbook. Save it again."),
    "archive_bomb": _l("The file unpacks to something far too big. Save it again."),
    "declarations": _l("The file declares a document type, which workbooks do not need."),
    "long_token": _l("The file holds a comment or a tag that is far too long. Save it again."),
    "took_too_long": _l("Reading the file took too long. Split the form, or save it again."),
    "too_much_memory": _l("Reading the file took too much memory. Split the form."),
    "reader_failed": _l("The file could not be read. Save it again as .xlsx and try once more."),
    "not_a_questionnaire": _l("The form does not make a questionnaire that works: %(reason)s"),
    # Sheets and columns
    "no_survey": _l("The file has no sheet “survey” with rows in it."),
    "no_type_column": _l("The sheet “survey” has no column “type”."),
    "no_choice_name_column": _l("The sheet “choices” has no column “name”."),
    "sheet_again": _l("The sheet “%(sheet)s” begins a second time. Only what follows is read."),
    "cell_without_title": _l("The row has more cells than the sheet has columns."),
    "cells_without_title": _l("Cells in columns without a title are not read, here and below."),
    "sheet_ignored": _l("The sheet “%(sheet)s” is no part of a form and was not read."),
    "sheet_not_used": _l("The sheet “%(sheet)s” has no meaning here and was left out."),
    "row_before_sheet": _l("This row stands before the name of any sheet."),
    "column_twice": _l("Two columns are called “%(name)s”. Rename or remove one."),
    "column_twice_but_spaces": _l(
        "Two columns are called “%(name)s” but for their spaces. Where both are filled, the last one counts."
    ),
    "column_clash": _l(
        "The columns “%(title)s” and “%(other)s” mean the same. Rename or remove one."
    ),
    "column_is_number": _l("The title of a column is no text: %(title)s."),
    "too_many_columns": _l("The sheet has more than %(limit)s columns."),
    "too_many_rows": _l("The sheet has more than %(limit)s rows."),
    "cell_too_long": _l("The cell holds more than %(limit)s characters."),
    "null_characters": _l("The file holds null characters; each was read as a space."),
    "rows_after_blank": _l(
        "This row comes after more than 60 blank rows. It and those below were not read."
    ),
    "settings_rows": _l("Only the first row of the settings counts."),
    "setting_not_used": _l("The setting “%(name)s” has no effect here; it is kept."),
    "omit_with_key": _l("A form with a public key cannot leave out its instance ID."),
    # Rows
    "no_type": _l("The row has a name or a label and no type."),
    "row_without_type": _l("The row has no type, name or label and was left out."),
    "unknown_type": _l("There is no question type “%(type)s”."),
    "not_offered": _l("“%(type)s” is not offered here."),
    "no_name": _l("The question or group has no name."),
    "bad_name": _l(
        "“%(name)s” cannot be a name. A name begins with a letter or an underscore and goes on "
        "with letters, digits, underscores, hyphens and points."
    ),
    "name_twice": _l("The name “%(name)s” is used twice in the same group."),
    "name_generated": _l(
        "The name “%(name)s” is also made up for this row, so nothing else may have it."
    ),
    "reserved_name": _l("The name “%(name)s” is kept for the form's own data."),
    "repeat_name": _l("A repeat needs a name that nothing else has. “%(name)s” is taken."),
    "audit_name": _l("An audit can only be called “audit”."),
    "not_closed": _l("“%(type)s” is never ended."),
    "not_opened": _l("“%(type)s” ends something that was not begun."),
    "too_deep": _l("Groups stand more than %(limit)s deep in each other."),
    "disabled_column": _l("The column “disabled” is old. Better use “relevant”."),
    "no_questions": _l("The form asks no questions."),
    "no_label": _l("The question has no label, so its name “%(name)s” is shown."),
    "label_in_other_language": _l(
        "There is no label in the first language, so one of another language is shown."
    ),
    "too_many_questions": _l("With its repeats the form has more than %(limit)s questions."),
    "no_label_or_hint": _l("“%(name)s” has neither a label nor a hint."),
    "media_unknown": _l("There is no kind of media “%(name)s”: only image, audio and video."),
    "big_image_alone": _l("A big-image needs an image as well."),
    "save_to": _l("A column “save_to” needs a sheet “entities”."),
    "calculation_not_here": _l("“%(type)s” takes no calculation."),
    "trigger_unseen": _l("“%(name)s” is never shown, so it cannot be a trigger."),
    "audit_location": _l(
        "An audit with places needs a priority, a least interval and an age that is not below it."
    ),
    "ticks_and_appearance": _l("Ticks do not go with the appearance “%(appearance)s”."),
    "no_calculation": _l("“%(name)s” is to be calculated and has no calculation."),
    "calculation_unseen": _l("The answer is worked out; respondents do not see it."),
    "required_expression": _l(
        "Required only under a condition: it is asked for once more when left open, and may stay so."
    ),
    "trigger": _l("A trigger names questions as ${name}, with commas between. “%(name)s” is none."),
    "no_effect": _l("“%(feature)s” has no effect here; it is kept for other tools."),
    "asked_simpler": _l("“%(type)s” is not offered here. It is asked as “%(kind)s”."),
    "not_collected": _l("“%(type)s” is not collected here: nothing is read from devices."),
    "group_written_flat": _l(
        "Groups inside groups are written out: their label is a note, their condition goes to "
        "each of their questions. Their appearance is lost."
    ),
    "repeat": _l("The repeat becomes %(number)s copies, with _1, _2 … after the codes."),
    "repeat_cut": _l("The repeat asks for %(wanted)s copies. It gets %(limit)s."),
    "first_copy": _l("“%(name)s” is repeated. Outside of its repeat, its first copy is meant."),
    "no_copies": _l("“%(name)s” stands in a repeat without copies."),
    # Choices
    "list_not_found": _l("The sheet “choices” has no list “%(name)s”."),
    "choice_without_list": _l("The choice stands in no list and was left out."),
    "choice_without_name": _l("The choice has no name."),
    "choice_without_label": _l(
        "Choices of the list “%(list)s” have no label in the first language, so something else is shown."
    ),
    "choice_twice": _l("The list has the name “%(name)s” twice."),
    "choice_shared": _l(
        "“%(name)s” stands in the list with different labels. The first label is shown for all."
    ),
    "choice_renamed": _l("The name “%(name)s” cannot be a code here, so the code is “%(code)s”."),
    "choice_with_space": _l(
        "Names in the list “%(list)s” may hold no spaces, because several of them stand in one cell."
    ),
    "media_not_shown": _l(
        "Pictures and sounds of the list “%(list)s” are not shown; they are kept."
    ),
    "too_many_options": _l("All choices together are more than %(limit)s."),
    "no_such_column": _l("The choices have no column “%(name)s”; it counts as empty."),
    "word_as_text": _l("“%(name)s” is no column of the choices and was taken as a text."),
    "filter_and_other": _l("A choice_filter cannot be used with or_other."),
    "filter_in_table": _l("A choice_filter cannot be used in a table."),
    "table_lists": _l(
        "The choices of a table must share one list, not “%(first)s” and “%(second)s”."
    ),
    "rank_other": _l("The words for “other” are asked for in a question of their own."),
    "outside_list": _l("The choices were taken from the sheet “external_choices”."),
    # Parameters
    "parameters": _l("Parameters are written as name=value, not “%(cell)s”."),
    "parameter_unknown": _l("There are no parameters “%(names)s” here. There are: %(known)s."),
    "parameter_value": _l("The parameter “%(name)s” cannot be “%(value)s”."),
    "seed_alone": _l("A seed needs randomize=true."),
    "range_ticks": _l("The ticks do not fit the range."),
    "range_as_number": _l("The range is asked for as a number between its ends."),
    # Expressions and languages
    "expression": _l("The expression cannot be used, at character %(position)s: %(reason)s"),
    "capitals": _l("“%(name)s” is written in capitals; “%(small)s” was taken as meant."),
    "reference_broken": _l("A reference is written ${name}. This one is not: %(cell)s"),
    "reference_unknown": _l("There is no “%(name)s” to refer to."),
    "reference_twice": _l("Several rows are called “%(name)s”, so nobody knows which is meant."),
    "reference_not_offered": _l("A reference to “%(name)s” is not offered here."),
    "too_many_references": _l("The form holds more than %(limit)s references."),
    "group_reference": _l("“%(name)s” is a group and has no answer to refer to."),
    "language_unknown": _l(
        "The language “%(name)s” is not known; it is marked as “%(tag)s”. Give its code in brackets."
    ),
    "too_many_languages": _l(
        "There are too many languages without a code. “%(name)s” has no place."
    ),
    "own_not_used": _l(
        "The row was changed, so what an export wrote about “%(kind)s” is not used."
    ),
}


def notice_of(remark: Remark) -> Notice:
    """A remark in words."""
    place = remark.place
    values: dict[str, Any] = dict(remark.values)
    message = str(MESSAGES[remark.code]) % values
    return Notice(place.sheet, place.row, place.column, message, remark.feature)
