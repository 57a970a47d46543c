// Client data as the Dfns Java SDK writes them: an ordered map through Jackson with its defaults.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

public final class ClientData {
    public static void main(String[] arguments) throws Exception {
        var mapper = new ObjectMapper();
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            var data = new LinkedHashMap<String, Object>();
            data.put("type", "key.get");
            data.put("challenge", mapper.readTree(line).get("challenge").textValue());
            data.put("crossOrigin", false);
            byte[] written = mapper.writeValueAsBytes(data);
            out.println(mapper.writeValueAsString(Map.of("answer", HexFormat.of().formatHex(written))));
        }
    }
}
