package dev.tribunal.local.cli.demo;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;

/** A run's stored rollouts. */
public final class Episodes {

    private static final int PAGE = 500;

    private Episodes() {}

    public static long count(String run, RunsApi runs) {
        long count = 0;
        String cursor = null;
        do {
            Page<EpisodeResource> page = runs.episodes(run, null, null, null, null, null, cursor, PAGE);
            count += page.data().size();
            cursor = page.nextCursor();
        } while (cursor != null);
        return count;
    }
}
