package dev.tribunal.servicekit.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SecretsTest {

    @Test
    void aSecretIsMaskedHoweverJsonEscapesIt() {
        assertThat(masked("ab/c==", "{'reason': 'ab/c=='}")).isEqualTo("{'reason': '******'}");
        for (String escaped : new String[] {"ab\\/c\\u003d\\u003d", "\\u0061b/c=\\u003D", "\\\\ab\\/c=="}) {
            String masked = masked("ab/c==", "{'reason': 'it is " + escaped + "', 'code': '" + escaped + "'}");

            assertThat(new JsonMapper().readTree(masked.replace('\'', '"')).toString())
                    .doesNotContain("ab/c")
                    .contains("it is ");
        }
    }

    @Test
    void whatIsNotTheSecretStays() {
        for (String body : new String[] {"'a\\nbc'", "'\\u00'", "'\\", "'\\u003", "ab/c=", ""}) {
            assertThat(masked("nbc", body)).isEqualTo(body);
        }
    }

    @Test
    void anApiKeyIsMaskedToo() {
        HttpGet request = new HttpGet("http://trainer-gpu");
        request.setHeader("X-API-Key", "tml-ab/c");
        byte[] body = "{\"detail\": \"tml-ab\\/c\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(new String(Secrets.masked(request, body), StandardCharsets.UTF_8))
                .doesNotContain("tml");
    }

    private static String masked(String secret, String body) {
        HttpGet request = new HttpGet("http://math.judges.svc");
        request.setHeader("Authorization", "Bearer " + secret);
        return new String(Secrets.masked(request, body.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
