/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestlistd.conf, as net-snmp's parser reads it. The input is the file. */
#include <string.h>
#include <strings.h>

#include "agent/snmp/config_file.h"
#include "tests/fuzz/fuzz.h"

enum { COMPLAINTS_MAX = 64 * 1024 };

/* net-snmp reads other files for these words, without an end if a file includes itself. */
static bool includes_files(const char *text)
{
    return strcasestr(text, "include") != NULL;
}

static void require_lines(char *complaints)
{
    char *line;

    fuzz_require(*complaints, "refused without a message");
    while ((line = strsep(&complaints, "\n")) != NULL && complaints)
        fuzz_require(fuzz_is_printable(line), "not printable: %s", line);
}

static void read_file(const char *path)
{
    static struct settings settings;
    static char complaints[COMPLAINTS_MAX];
    const struct options options = { .no_configuration = true, .configuration = path };

    settings_default(&settings);
    if (config_file_read(&options, &settings, complaints, sizeof(complaints)))
        fuzz_require(settings.interval_s >= 1 && settings.state_directory[0] == '/', "%ld, %s",
                     settings.interval_s, settings.state_directory);
    else
        require_lines(complaints);
}

void fuzz_one(struct fuzz_input *input)
{
    static bool is_registered;
    const char *path = fuzz_path("guestlistd.conf");
    char *text;

    if (!is_registered)
        config_file_register();
    is_registered = true;
    fuzz_write_rest(input, path);
    text = fuzz_read_file(path);
    if (!includes_files(text))
        read_file(path);
    free(text);
}
