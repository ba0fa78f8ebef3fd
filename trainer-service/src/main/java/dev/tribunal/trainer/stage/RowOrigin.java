package dev.tribunal.trainer.stage;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Where the rows that a stage makes come from. */
record RowOrigin(String run, String stage) {

    /** A row's line without what it was before it was labelled. */
    static ObjectNode bare(JsonNode line) {
        ObjectNode row = ((ObjectNode) line).deepCopy();
        List.of("completion", "finishReason", "demonstration", "provenance").forEach(row::remove);
        return row;
    }

    /** Puts a {@code provenance} into the row. */
    ObjectNode provenance(ObjectNode row) {
        return row.putObject("provenance").put("run", run).put("stage", stage);
    }
}
