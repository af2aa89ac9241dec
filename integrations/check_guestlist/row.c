/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "integrations/check_guestlist/verdict.h"
#include "lib/model/io_error.h"

const char *row_name(const struct facts_row *row, char out[ROW_NAME_MAX])
{
    if (row->text[COLUMN_NAME])
        report_quote(row->text[COLUMN_NAME], out, ROW_NAME_MAX);
    else
        (void)snprintf(out, ROW_NAME_MAX, "vmIndex %lu", (unsigned long)row->index);
    return out;
}

bool row_is_wanted(const struct arguments *arguments, const struct facts_row *row)
{
    return arguments_want(arguments, row->text[COLUMN_NAME] ? row->text[COLUMN_NAME] : "");
}

struct row_counts row_count(const struct arguments *arguments, const struct facts *facts)
{
    struct row_counts counts = { 0 };

    for (size_t i = 0; i < facts->count; i++) {
        enum tristate fits = criteria_fit(&arguments->criteria, &facts->rows[i]);

        if (!row_is_wanted(arguments, &facts->rows[i]))
            continue;
        counts.domains++;
        counts.fit += fits == TRISTATE_TRUE;
        counts.unknown += fits == TRISTATE_UNKNOWN;
    }
    return counts;
}

const char *row_state(const struct facts_row *row, char out[ROW_STATE_MAX])
{
    const char *reason = row->text[COLUMN_REASON_TEXT], *io_error = row->text[COLUMN_IO_ERROR];
    const char *state = criteria_state_word(row);
    char summary[256] = "", quoted[100];

    if (io_error)
        io_error_summarize(io_error, summary, sizeof(summary));
    report_quote(*summary ? summary : reason ? reason : "unknown", quoted, sizeof(quoted));
    if (strcmp(quoted, "unknown") == 0 || strcmp(quoted, state) == 0)
        (void)snprintf(out, ROW_STATE_MAX, "%s", state);
    else
        (void)snprintf(out, ROW_STATE_MAX, "%s (%s)", state, quoted);
    return out;
}

const char *row_noun(size_t count)
{
    return count == 1 ? "domain" : "domains";
}
