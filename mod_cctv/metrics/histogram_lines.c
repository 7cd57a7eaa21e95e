/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file histogram_lines.c
 * @brief Writes a histogram as lines of the exposition.
 * Layer: pure.
 */
#include "metrics/histogram_lines.h"

void cctv_histogram_read(const cctv_histogram_t *histogram,
                         cctv_histogram_figures_t *figures)
{
    int i;

    figures->count = 0;
    for (i = 0; i < CCTV_BUCKET_COUNT; i++) {
        figures->buckets[i] = cctv_counted(&histogram->buckets[i]);
        figures->count += figures->buckets[i];
    }
    figures->sum = cctv_counted(&histogram->sum);
}

static void write_bucket(cctv_output_t *out, const char *name,
                         const char *labels, const char *bucket,
                         uint64_t count)
{
    cctv_output_add(out, name);
    cctv_output_add(out, "_bucket{");
    cctv_output_add(out, labels);
    cctv_output_add(out, labels[0] == '\0' ? "le=\"" : ",le=\"");
    cctv_output_add(out, bucket);
    cctv_output_add(out, "\"} ");
    cctv_output_add_number(out, count);
    cctv_output_add(out, "\n");
}

static void write_name(cctv_output_t *out, const char *name,
                       const char *suffix, const char *labels)
{
    cctv_output_add(out, name);
    cctv_output_add(out, suffix);
    if (labels[0] != '\0') {
        cctv_output_add(out, "{");
        cctv_output_add(out, labels);
        cctv_output_add(out, "}");
    }
    cctv_output_add(out, " ");
}

void cctv_histogram_write(cctv_output_t *out, const char *name,
                          const char *labels,
                          const cctv_histogram_figures_t *figures)
{
    uint64_t count = 0;
    int i;

    for (i = 0; i < CCTV_BUCKET_COUNT; i++) {
        count += figures->buckets[i];
        write_bucket(out, name, labels, cctv_bucket_labels[i], count);
    }
    write_name(out, name, "_sum", labels);
    cctv_output_add_seconds(out, figures->sum);
    cctv_output_add(out, "\n");
    write_name(out, name, "_count", labels);
    cctv_output_add_number(out, figures->count);
    cctv_output_add(out, "\n");
}
