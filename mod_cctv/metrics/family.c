/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file family.c
 * @brief Writes metric families as Prometheus 0.0.4 or OpenMetrics 1.0 text.
 * Layer: pure.
 */
#include "metrics/family.h"

#include <stdio.h>

static void write_head(cctv_scrape_t *scrape)
{
    static const char *const types[] = {
        [CCTV_FAMILY_COUNTER] = " counter\n",
        [CCTV_FAMILY_GAUGE] = " gauge\n",
        [CCTV_FAMILY_HISTOGRAM] = " histogram\n"
    };
    const cctv_family_t *family = scrape->family;
    /* OpenMetrics states the name of the family, the older format the name of
     * the samples. */
    const char *total = family->type == CCTV_FAMILY_COUNTER
                                && !scrape->is_openmetrics
                            ? "_total"
                            : "";

    cctv_output_add(scrape->out, "# HELP ");
    cctv_output_add(scrape->out, family->name);
    cctv_output_add(scrape->out, total);
    cctv_output_add(scrape->out, " ");
    cctv_output_add(scrape->out, family->help);
    cctv_output_add(scrape->out, "\n# TYPE ");
    cctv_output_add(scrape->out, family->name);
    cctv_output_add(scrape->out, total);
    cctv_output_add(scrape->out, types[family->type]);
    if (scrape->is_openmetrics && family->unit != NULL) {
        cctv_output_add(scrape->out, "# UNIT ");
        cctv_output_add(scrape->out, family->name);
        cctv_output_add(scrape->out, " ");
        cctv_output_add(scrape->out, family->unit);
        cctv_output_add(scrape->out, "\n");
    }
}

void cctv_family_add_name(cctv_scrape_t *scrape)
{
    cctv_output_add(scrape->out, scrape->family->name);
    if (scrape->family->type == CCTV_FAMILY_COUNTER) {
        cctv_output_add(scrape->out, "_total");
    }
}

void cctv_family_add_created(cctv_scrape_t *scrape, const char *labels)
{
    if (scrape->created == 0 || scrape->family->type == CCTV_FAMILY_GAUGE) {
        return;
    }
    cctv_output_add(scrape->out, scrape->family->name);
    cctv_output_add(scrape->out, "_created");
    if (labels[0] != '\0') {
        cctv_output_add(scrape->out, "{");
        cctv_output_add(scrape->out, labels);
        cctv_output_add(scrape->out, "}");
    }
    cctv_output_add(scrape->out, " ");
    cctv_output_add_seconds(scrape->out, scrape->created);
    cctv_output_add(scrape->out, "\n");
}

void cctv_family_add_number(cctv_scrape_t *scrape, uint64_t number)
{
    cctv_family_add_name(scrape);
    cctv_output_add(scrape->out, " ");
    cctv_output_add_number(scrape->out, number);
    cctv_output_add(scrape->out, "\n");
    cctv_family_add_created(scrape, "");
}

void cctv_family_add_labelled(cctv_scrape_t *scrape, const char *label,
                              const char *value, uint64_t number)
{
    char labels[96];

    snprintf(labels, sizeof labels, "%s=\"%s\"", label, value);
    cctv_family_add_name(scrape);
    cctv_output_add(scrape->out, "{");
    cctv_output_add(scrape->out, labels);
    cctv_output_add(scrape->out, "} ");
    cctv_output_add_number(scrape->out, number);
    cctv_output_add(scrape->out, "\n");
    cctv_family_add_created(scrape, labels);
}

void cctv_family_add_row(cctv_scrape_t *scrape, const char *label,
                         const char *const *values,
                         const _Atomic uint64_t *numbers, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        cctv_family_add_labelled(scrape, label, values[i],
                                 cctv_counted(&numbers[i]));
    }
}

void cctv_family_add_histogram(cctv_scrape_t *scrape,
                               const cctv_histogram_t *histogram)
{
    cctv_histogram_figures_t figures;

    cctv_histogram_read(histogram, &figures);
    cctv_family_add_figures(scrape, "", &figures);
}

void cctv_family_add_figures(cctv_scrape_t *scrape, const char *labels,
                             const cctv_histogram_figures_t *figures)
{
    cctv_histogram_write(scrape->out, scrape->family->name, labels, figures);
    cctv_family_add_created(scrape, labels);
}

void cctv_families_write(cctv_scrape_t *scrape, const cctv_family_t *families)
{
    for (; families->name != NULL && !scrape->out->is_stopped; families++) {
        scrape->family = families;
        write_head(scrape);
        families->write(scrape);
    }
}

void cctv_families_end(cctv_scrape_t *scrape)
{
    if (scrape->is_openmetrics) {
        cctv_output_add(scrape->out, "# EOF\n");
    }
}
