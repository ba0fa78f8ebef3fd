package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeResource.Check;
import dev.tribunal.judge.fanout.JudgeHttp;
import dev.tribunal.judge.fanout.JudgeHttp.Answer;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.JudgeConformance;
import dev.tribunal.judge.sdk.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.JudgeTransport;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts a registered judge to the checks of the conformance kit, over the same guarded HTTP that will ask it. */
@Component
class ConformanceGate {

    private final JudgeHttp http;

    ConformanceGate(JudgeHttp http) {
        this.http = http;
    }

    List<Check> check(Registration judge, @Nullable String bearerToken) {
        Expected expected = new Expected(
                judge.name(), judge.version(), judge.limits().timeout(), judge.deterministic(), judge.fixtures());
        return JudgeConformance.of(transport(judge.url(), bearerToken), expected)
                .run();
    }

    private JudgeTransport transport(String url, @Nullable String bearerToken) {
        String base = url.replaceAll("/+$", "");
        return (path, body, timeLimit) -> {
            HttpUriRequestBase request = body == null ? new HttpGet(base + path) : new HttpPost(base + path);
            if (body != null) {
                request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
            }
            if (bearerToken != null) {
                request.setHeader("Authorization", "Bearer " + bearerToken);
            }
            Answer answer = http.exchange(request, Deadline.after(timeLimit));
            return new JudgeTransport.Reply(answer.status(), answer.body());
        };
    }
}
