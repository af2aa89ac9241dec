/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/collect/facts_io_errors.h"

#include "lib/libvirt/io_error_reader.h"

void facts_io_errors_inherit(struct domain *domain, const struct domain *old, const struct mail *mail)
{
    bool is_same_pause = old && old->id == domain->id && domain_is_paused_by_io_error(domain) &&
                         domain_is_paused_by_io_error(old) && !mail->overflowed &&
                         !(mail_kinds(mail, domain->uuid) & MAIL_CHANGED);

    if (is_same_pause)
        domain->io_error = io_error_ref(old->io_error);
    else
        domain->pending &= ~(unsigned)DOMAIN_QUESTION_IO_ERROR;
}

void facts_io_errors_ask(struct fact_reader *reader, const struct driver *driver, struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];

        if (domain_is_paused_by_io_error(domain) && !domain->io_error &&
            !(domain->pending & DOMAIN_QUESTION_IO_ERROR) && !io_error_reader_is_unsupported(driver) &&
            fact_reader_ask(reader, FACT_READER_IO_ERROR, domain->uuid))
            domain->pending |= DOMAIN_QUESTION_IO_ERROR;
    }
}

void facts_io_errors_take(struct fact_reader_result *result, struct domain *domain)
{
    if (!(domain->pending & DOMAIN_QUESTION_IO_ERROR))
        return;
    domain->pending &= ~(unsigned)DOMAIN_QUESTION_IO_ERROR;
    if (result->is_failed)
        return; /* the next listing asks again */
    io_error_unref(domain->io_error);
    domain->io_error = result->io_error;
    result->io_error = NULL; /* moved */
}
