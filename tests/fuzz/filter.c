/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filter words. A text is refused with a sentence, or it is a filter that can be written and read again. The
 * domains that fit it are compared with a model that looks at one group of words after the other. */
#include <stdlib.h>
#include <string.h>

#include "lib/model/filter.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fixtures.h"

/* Whether the domain fits the words of the group to which `bit` belongs. */
static bool fits_group(uint32_t filter, uint32_t fitting, unsigned bit)
{
    bool is_restricted = false, is_known = false, fits = false;

    for (unsigned other = 0; other < FILTER_WORDS; other++) {
        if (strcmp(filter_group(other), filter_group(bit)) != 0)
            continue;
        is_restricted |= filter >> other & 1;
        is_known |= fitting >> other & 1;
        fits |= filter >> other & fitting >> other & 1;
    }
    return !is_restricted || !is_known || fits;
}

static bool fits(uint32_t filter, const struct domain *domain)
{
    for (unsigned bit = 0; bit < FILTER_WORDS; bit++)
        if (!fits_group(filter, filter_words_of(domain), bit))
            return false;
    return true;
}

/* A domain of which the hypervisor reports all attributes fits one of the halves, or does not fit the filter. */
static void check_halves(uint32_t filter, const struct domain *domain)
{
    uint32_t halves[2];

    if (!filter_halve(filter, halves) || filter_group_mask(filter_words_of(domain)) != 0xffff)
        return;
    fuzz_require(filter_fits(halves[0], domain) + filter_fits(halves[1], domain) == filter_fits(filter, domain),
                 "halves %x and %x of %x, %s", halves[0], halves[1], filter, domain->name);
}

static void check_domains(uint32_t filter)
{
    for (size_t i = 0; i < GUEST_HOSTILE_NAME; i++) {
        const struct domain *domain = &fixture_guests[i];

        fuzz_require(filter_fits(filter, domain) == fits(filter, domain), "%x, %s", filter, domain->name);
        check_halves(filter, domain);
    }
}

void fuzz_one(struct fuzz_input *input)
{
    uint32_t any = (uint32_t)fuzz_number(input) & 0xffff, filter = 0, again = 0;
    AUTO_FREE char *text = fuzz_rest(input);
    char why[512], words[FILTER_TEXT_MAX];

    check_domains(any);
    if (!filter_parse(text, &filter, why, sizeof(why))) {
        fuzz_require_sentence(why);
        return;
    }
    fuzz_require(filter <= 0xffff && !filter_impossible(filter), "%x", filter);
    filter_format(filter, words, sizeof(words));
    fuzz_require(filter_parse(words, &again, why, sizeof(why)) && again == filter, "%s", words);
    check_domains(filter);
}
