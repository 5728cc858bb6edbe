// SockJS' client, which leaves it to its user to connect again. node sockjs_client.mjs URL TRANSPORT

import SockJS from "sockjs-client";
import { echoes, ended, story } from "./story.mjs";

const [url, transport] = process.argv.slice(2);
const { expected, arrived } = echoes();
let session;
await new Promise((opened) => connect(opened));
story((text) => {
  const back = expected(text);
  session.send(text);
  return back;
});

function connect(opened) {
  session = new SockJS(`${url}/echo`, null, { transports: [transport] });
  session.onopen = opened;
  session.onmessage = ({ data }) => arrived(data);
  session.onclose = ({ code, reason }) => {
    ended(`${code} ${reason}`);
    setTimeout(connect, 100);
  };
}
