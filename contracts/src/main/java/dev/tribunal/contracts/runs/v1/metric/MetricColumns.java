package dev.tribunal.contracts.runs.v1.metric;

import java.util.List;

/**
 * What was measured since a cursor.
 *
 * @param cursor where the next look goes on: nothing that a client should read
 * @param reset whether the series begin anew, since the run took back steps that the client has seen: it forgets them
 * @param hasMore whether more was measured already than one answer holds: ask again at once
 * @param series of what is new; one without news is not there
 */
public record MetricColumns(String cursor, boolean reset, boolean hasMore, List<MetricSeries> series) {}
