package dev.tribunal.local.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import java.net.ConnectException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.ResourceAccessException;

class ProblemsTest {

    @Test
    void listsEveryMistakeWithItsPlace() {
        var refused = new TribunalException(
                CommonError.INVALID_REQUEST,
                "The spec has 2 mistakes.",
                List.of(new FieldError("/tasks/0/weight", "-1 is negative"), new FieldError("", "name is missing")));

        assertThat(Problems.render(refused)).isEqualTo("""
                error: The spec has 2 mistakes. (422 invalid_request)
                  /tasks/0/weight  -1 is negative
                  (the whole)      name is missing""");
    }

    @Test
    void saysWhatToDoWhenNobodyAnswers() {
        var unreachable = new ResourceAccessException("I/O error", new ConnectException("Connection refused"));

        assertThat(Problems.render(unreachable))
                .contains("does not answer: Connection refused")
                .contains("./tribunal up");
    }

    @Test
    void hidesStackTracesOfDefects() {
        assertThat(Problems.render(new IllegalStateException("odd"))).startsWith("error: IllegalStateException: odd");
    }
}
