package dev.tribunal.servicekit.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PathEditTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String SPEC = "{'a': {'b': 1}, 'tasks': [{'name': 'x', 'w': 1}, {'name': 'y'}]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.b         | 2     | {'a': {'b': 2}, 'tasks': [{'name': 'x', 'w': 1}, {'name': 'y'}]}",
                "/a/b        | null  | {'a': {}, 'tasks': [{'name': 'x', 'w': 1}, {'name': 'y'}]}",
                "c.d         | 2     | {'a': {'b': 1}, 'tasks': [{'name': 'x', 'w': 1}, {'name': 'y'}], 'c': {'d': 2}}",
                "tasks.y.w   | 2     | {'a': {'b': 1}, 'tasks': [{'name': 'x', 'w': 1}, {'name': 'y', 'w': 2}]}",
                "tasks.0.w   | 2     | {'a': {'b': 1}, 'tasks': [{'name': 'x', 'w': 2}, {'name': 'y'}]}",
                "tasks.*.w   | 2     | {'a': {'b': 1}, 'tasks': [{'name': 'x', 'w': 2}, {'name': 'y', 'w': 2}]}",
                "tasks.*.m.k | 2     | {'a': {'b': 1}, 'tasks': [{'name': 'x', 'w': 1, 'm': {'k': 2}}, {'name': 'y', 'm': {'k': 2}}]}",
                "tasks.x     | 2     | {'a': {'b': 1}, 'tasks': [2, {'name': 'y'}]}",
            })
    void aValueIsSetWhereThePathLeads(String path, String value, String expected) {
        JsonNode spec = json(SPEC);
        PathEdit.parse(path).set(spec, json(value));
        assertThat(spec).isEqualTo(json(expected));
    }

    @Test
    void ofElementsWithoutTheListThatIsMeantNoneIsMade() {
        JsonNode spec = json("{'stages': [{'tasks': [{'name': 'x'}]}, {'type': 'soup'}]}");
        PathEdit.parse("stages.*.tasks.*.method").set(spec, json("'ppo'"));
        assertThat(spec).isEqualTo(json("{'stages': [{'tasks': [{'name': 'x', 'method': 'ppo'}]}, {'type': 'soup'}]}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks.z.w | the list has no element 'z'; name one by its name, or by its index from 0 to 1",
                "a.b.c     | there is nothing that has a 'c'",
                "a.*.c     | there is no list at 'a'",
                "nil.*.c   | there is no list at 'nil'",
            })
    void aPathThatLeadsNowhereIsRefused(String path, String why) {
        assertThatThrownBy(() -> PathEdit.parse(path).set(json(SPEC), json("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    @Test
    void aMergePatchCanNameTheFieldsBeforeAList() {
        assertThat(PathEdit.parse("a.b").fieldsUpToAList(json(SPEC))).containsExactly("a", "b");
        assertThat(PathEdit.parse("tasks.x.w").fieldsUpToAList(json(SPEC))).containsExactly("tasks");
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
