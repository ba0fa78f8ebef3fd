package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.methods.label.RewardGoals;
import dev.tribunal.servicekit.files.Conversation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lines of a prompt file whose prompt asks for rewards: they stand in its last message, and by name in {@code goal}. */
final class GoalLines {

    private static final String GOAL = "goal";
    private static final String PROMPT = "prompt";
    private static final String MESSAGES = "messages";

    private GoalLines() {}

    /** The rewards that a line asks for; none if it does not. */
    static Map<String, Double> goal(JsonNode line) {
        Map<String, Double> goal = new LinkedHashMap<>();
        line.path(GOAL)
                .properties()
                .forEach(reward -> goal.put(reward.getKey(), reward.getValue().asDouble()));
        return goal;
    }

    static ObjectNode asking(JsonNode line, Map<String, Double> goal) {
        ObjectNode asking = rewritten(line, text -> RewardGoals.asking(text, goal));
        ObjectNode written = asking.putObject(GOAL);
        goal.forEach(written::put);
        return asking;
    }

    /** As it was before it asked for anything. */
    static ObjectNode withoutGoal(JsonNode line) {
        Map<String, Double> goal = goal(line);
        ObjectNode without = goal.isEmpty()
                ? ((ObjectNode) line).deepCopy()
                : rewritten(line, text -> RewardGoals.asked(text, goal).orElse(text));
        without.remove(GOAL);
        return without;
    }

    private static ObjectNode rewritten(JsonNode line, UnaryOperator<String> text) {
        ObjectNode copy = ((ObjectNode) line).deepCopy();
        if (line.path(PROMPT).isString()) {
            return copy.put(PROMPT, text.apply(line.path(PROMPT).stringValue()));
        }
        List<Message> messages = Conversation.of(line);
        copy.remove(PROMPT);
        ArrayNode turns = copy.putArray(MESSAGES);
        for (int i = 0; i < messages.size(); i++) {
            String content = messages.get(i).content();
            turns.addObject()
                    .put("role", messages.get(i).role())
                    .put("content", i == messages.size() - 1 ? text.apply(content) : content);
        }
        return copy;
    }
}
