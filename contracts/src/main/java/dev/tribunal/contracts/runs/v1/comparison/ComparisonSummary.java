package dev.tribunal.contracts.runs.v1.comparison;

import java.time.Instant;

/**
 * A comparison in a list.
 *
 * @param arms how many
 * @param runs how many, also those that newer ones stand for
 * @param ended how many of these have ended
 * @param createdAt when the first run was created
 */
public record ComparisonSummary(String name, int arms, int runs, int ended, Instant createdAt) {}
