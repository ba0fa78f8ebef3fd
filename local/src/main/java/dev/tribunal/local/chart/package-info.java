/**
 * Charts of comparisons, as SVG.
 *
 * <p>Input: the CSV files of {@link dev.tribunal.local.export.ComparisonExport}, and what is to be drawn of them. Output: a
 * file for each chart, the same bytes for the same data on every machine.
 */
@NullMarked
package dev.tribunal.local.chart;

import org.jspecify.annotations.NullMarked;
