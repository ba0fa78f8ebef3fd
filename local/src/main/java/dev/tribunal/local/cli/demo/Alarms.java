package dev.tribunal.local.cli.demo;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import java.util.ArrayList;
import java.util.List;

/** The alarms that a run raised. */
final class Alarms {

    private static final int PAGE = 500;

    private Alarms() {}

    static List<String> raised(String run, RunsApi runs) {
        List<String> raised = new ArrayList<>();
        long seen = 0;
        Page<RunEvent> page;
        do {
            page = runs.events(run, seen, PAGE);
            for (RunEvent event : page.data()) {
                seen = event.sequence();
                if (event.type().equals("alarm")
                        && !Boolean.TRUE.equals(event.data().get("over"))) {
                    raised.add("step " + event.data().get("step") + ": " + event.message());
                }
            }
        } while (page.hasMore());
        return raised;
    }
}
