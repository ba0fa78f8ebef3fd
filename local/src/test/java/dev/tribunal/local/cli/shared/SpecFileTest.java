package dev.tribunal.local.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SpecFileTest {

    private static final Path FILE = Path.of("/specs/blend/run.yaml");

    @Test
    void makesRelativeReferencesAbsoluteWhereverTheyStand() {
        JsonNode spec = SpecFile.parse("""
                name: blend
                policy: {model: "hf:../models/base", temperature: 1.0e-1}
                tasks:
                - prompts: {source: file:prompts/math.jsonl, heldOut: file:/data/held-out.jsonl}
                  judges: [{judge: safety@1, parameters: {model: hf:judge}}]
                """, FILE);

        assertThat(spec.at("/policy/model").asString()).isEqualTo("hf:/specs/models/base");
        assertThat(spec.at("/policy/temperature").doubleValue()).isEqualTo(0.1);
        assertThat(spec.at("/tasks/0/prompts/source").asString()).isEqualTo("file:/specs/blend/prompts/math.jsonl");
        assertThat(spec.at("/tasks/0/prompts/heldOut").asString()).isEqualTo("file:/data/held-out.jsonl");
        assertThat(spec.at("/tasks/0/judges/0/parameters/model").asString()).isEqualTo("hf:/specs/blend/judge");
        assertThat(spec.at("/name").asString()).isEqualTo("blend");
    }

    @Test
    void readsJsonAsWell() {
        assertThat(SpecFile.toJson(SpecFile.parse("{\"policy\": {\"model\": \"hf:m\"}}", FILE)))
                .isEqualTo("{\"policy\":{\"model\":\"hf:/specs/blend/m\"}}");
    }

    @Test
    void startsAtTheUsersHomeAfterATilde() {
        assertThat(SpecFile.absolute("hf:~/models/m", Path.of("/specs")))
                .isEqualTo("hf:" + Path.of(System.getProperty("user.home"), "models/m"));
    }

    @Test
    void leavesAnEmptyReferenceForThePlatformToRefuse() {
        assertThat(SpecFile.absolute("hf:", Path.of("/specs"))).isEqualTo("hf:");
        assertThat(SpecFile.absolute("gsm8k", Path.of("/specs"))).isEqualTo("gsm8k");
    }

    @Test
    void namesThePlaceOfABrokenLine() {
        assertThatThrownBy(() -> SpecFile.parse("name: a\ntasks: [\n", FILE))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("/specs/blend/run.yaml is neither YAML nor JSON: line ");
    }

    @Test
    void refusesAFieldGivenTwiceAndAFileThatIsNoObject() {
        assertThatThrownBy(() -> SpecFile.parse("name: a\nname: b\n", FILE)).hasMessageContaining("name");
        assertThatThrownBy(() -> SpecFile.parse("- 1\n", FILE)).hasMessageContaining("holds no object");
        assertThatThrownBy(() -> SpecFile.read(Path.of("/no/such.yaml"))).hasMessage("there is no file /no/such.yaml");
    }
}
