/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/mib_put.h"

#include <time.h>

#include "lib/base/text.h"

enum { TRUE = 1, FALSE = 2, TICK_MS = 10, DATE_AND_TIME_BYTES = 11 };

bool mib_put_text(struct mib_value *value, const char *text)
{
    value->length = text_snmp(text, value->buffer, TEXT_SNMP_MAX);
    value->bytes = value->buffer;
    return true;
}

bool mib_put_integer(struct mib_value *value, int64_t number)
{
    if (number > INT32_MAX)
        number = INT32_MAX;
    value->integer = number < INT32_MIN ? INT32_MIN : (int32_t)number;
    return true;
}

bool mib_put_unsigned(struct mib_value *value, uint32_t number)
{
    value->unsigned32 = number;
    return true;
}

bool mib_put_counter(struct mib_value *value, const struct domain *domain, const uint64_t *number, uint64_t unit)
{
    bool is_active = domain_active(domain);

    value->counter64 = is_active && number ? *number / unit : 0;
    return number || !is_active;
}

bool mib_put_gauge(struct mib_value *value, const struct domain *domain, const uint64_t *number)
{
    value->counter64 = number ? *number : 0;
    return number && domain_active(domain);
}

bool mib_put_truth(struct mib_value *value, bool is_true)
{
    value->integer = is_true ? TRUE : FALSE;
    return true;
}

bool mib_put_ticks(struct mib_value *value, int64_t ms)
{
    value->unsigned32 = (uint32_t)(ms / TICK_MS);
    return ms >= 0;
}

bool mib_put_date(struct mib_value *value, int64_t real_ms)
{
    time_t seconds = (time_t)(real_ms / 1000);
    struct tm local;
    long minutes;
    unsigned char *octets = (unsigned char *)value->buffer;

    if (!localtime_r(&seconds, &local) || local.tm_year < -1900 || local.tm_year > UINT16_MAX - 1900)
        return false;
    minutes = (local.tm_gmtoff < 0 ? -local.tm_gmtoff : local.tm_gmtoff) / 60;
    octets[0] = (unsigned char)((local.tm_year + 1900) >> 8);
    octets[1] = (unsigned char)((local.tm_year + 1900) & 0xff);
    octets[2] = (unsigned char)(local.tm_mon + 1);
    octets[3] = (unsigned char)local.tm_mday;
    octets[4] = (unsigned char)local.tm_hour;
    octets[5] = (unsigned char)local.tm_min;
    octets[6] = (unsigned char)local.tm_sec;
    octets[7] = (unsigned char)(real_ms % 1000 / 100);
    octets[8] = local.tm_gmtoff < 0 ? '-' : '+';
    octets[9] = (unsigned char)(minutes / 60);
    octets[10] = (unsigned char)(minutes % 60);
    value->bytes = octets;
    value->length = DATE_AND_TIME_BYTES;
    return true;
}

bool mib_put_gl_truth(struct mib_value *value, enum tristate tristate)
{
    static const int32_t numbers[] = { [TRISTATE_TRUE] = 1, [TRISTATE_FALSE] = 2, [TRISTATE_UNKNOWN] = 3 };

    value->integer = numbers[tristate];
    return true;
}

bool mib_put_vm_tristate(struct mib_value *value, enum tristate tristate)
{
    static const int32_t numbers[] = { [TRISTATE_UNKNOWN] = 1, [TRISTATE_TRUE] = 2, [TRISTATE_FALSE] = 3 };

    value->integer = numbers[tristate];
    return true;
}
