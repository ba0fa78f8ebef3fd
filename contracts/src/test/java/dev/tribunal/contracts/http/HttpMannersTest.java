package dev.tribunal.contracts.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"tribunal.http.token=0123456789abcdef", "tribunal.http.open-paths=/open"})
class HttpMannersTest {

    @LocalServerPort
    private int port;

    @Autowired
    private JsonMapper json;

    @Test
    void aRequestWithoutTheTokenGetsAProblemThatSaysWhatToSend() {
        ResponseEntity<byte[]> answer = get("/refuses", "wrong");

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(problem(answer).path("code").asString()).isEqualTo("unauthenticated");
        assertThat(problem(answer).path("detail").asString()).contains("Authorization: Bearer");
    }

    @Test
    void anOpenPathNeedsNoToken() {
        assertThat(get("/open", "wrong").getStatusCode()).isEqualTo(HttpStatus.OK);
    }

    @Test
    void anErrorOnPurposeKeepsItsCodeAndAllItsPointers() {
        ResponseEntity<byte[]> answer = get("/refuses", "0123456789abcdef");

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        JsonNode problem = problem(answer);
        assertThat(problem.path("code").asString()).isEqualTo("invalid_request");
        assertThat(problem.path("errors").size()).isEqualTo(2);
        assertThat(problem.path("errors").path(1).path("pointer").asString()).isEqualTo("/b");
        assertThat(problem.path("requestId").asString())
                .isEqualTo(answer.getHeaders().getFirst(RequestId.HEADER));
    }

    @Test
    void aBusyServiceSaysWhenToComeAgain() {
        ResponseEntity<byte[]> answer = get("/busy", "0123456789abcdef");

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(problem(answer).path("code").asString()).isEqualTo("too_many_requests");
        assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("7");
    }

    @Test
    void anUnknownPathAndAMalformedBodyAreProblemsToo() {
        assertThat(problem(get("/nowhere", "0123456789abcdef")).path("code").asString()).isEqualTo("not_found");
        ResponseEntity<byte[]> malformed = client("0123456789abcdef")
                .post()
                .uri("/echo")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{")
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(byte[].class);
        assertThat(problem(malformed).path("code").asString()).isEqualTo("malformed_request");
    }

    @Test
    void aValueOfTheWrongKindIsPointedAt() {
        assertThat(sentItem("{\"list\":[{\"number\":\"many\"}]}"))
                .containsEntry("pointer", "/list/0/number")
                .containsEntry("detail", "'many' is not a whole number");
        assertThat(sentItem("{\"list\":3}")).containsEntry("pointer", "/list").containsEntry("detail", "is not a list");
    }

    private Map<String, String> sentItem(String body) {
        ResponseEntity<byte[]> answer = client("0123456789abcdef")
                .post()
                .uri("/items")
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(byte[].class);
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        JsonNode error = problem(answer).path("errors").path(0);
        return Map.of("pointer", error.path("pointer").asString(), "detail", error.path("detail").asString());
    }

    @Test
    void aClientOfAContractThrowsTheServicesOwnWords() {
        var clients = new ServiceClients("0123456789abcdef", json);
        RestClient client = clients.restClient("http://127.0.0.1:" + port, java.time.Duration.ofSeconds(5));

        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        UpstreamException.class,
                        () -> client.get().uri("/refuses").retrieve().toBodilessEntity()))
                .satisfies(problem -> {
                    assertThat(problem).hasMessage("two mistakes");
                    assertThat(problem.code().code()).isEqualTo("invalid_request");
                    assertThat(problem.errors()).hasSize(2);
                });
    }

    @Test
    void aStatusThatNoStandardKnowsIsAnUpstreamProblemToo() {
        RestClient client = new ServiceClients("0123456789abcdef", json)
                .restClient("http://127.0.0.1:" + port, java.time.Duration.ofSeconds(5));

        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        UpstreamException.class,
                        () -> client.get().uri("/odd").retrieve().toBodilessEntity()))
                .satisfies(problem -> assertThat(problem.code().status()).isEqualTo(HttpStatus.BAD_GATEWAY));
    }

    private ResponseEntity<byte[]> get(String path, String token) {
        return client(token)
                .get()
                .uri(path)
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(byte[].class);
    }

    private RestClient client(String token) {
        return RestClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader("Authorization", "Bearer " + token)
                .build();
    }

    private JsonNode problem(ResponseEntity<byte[]> answer) {
        return json.readTree(answer.getBody());
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(HttpConfiguration.class)
    static class Application {

        @RestController
        static class Controller {

            @GetMapping("/open")
            String open() {
                return "come in";
            }

            @PostMapping("/echo")
            Map<String, Object> echo(@RequestBody Map<String, Object> body) {
                return body;
            }

            @PostMapping("/items")
            void items(@RequestBody Items items) {}

            @GetMapping("/odd")
            ResponseEntity<String> odd() {
                return ResponseEntity.status(520).body("an unknown error");
            }

            @GetMapping("/busy")
            void busy() {
                throw new BusyException("too much to do", Duration.ofSeconds(7));
            }

            @GetMapping("/refuses")
            void refuse() {
                throw new TribunalException(
                        CommonError.INVALID_REQUEST,
                        "two mistakes",
                        List.of(new FieldError("/a", "is missing"), new FieldError("/b", "is 3, must be even")));
            }
        }
    }

    record Items(List<Item> list) {}

    record Item(int number) {}
}
