// SignalR's client. node signalr_client.mjs URL [WebSockets|ServerSentEvents|LongPolling]

import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { ended, story } from "./story.mjs";

const [url, transport] = process.argv.slice(2);
const hub = new HubConnectionBuilder()
  .withUrl(`${url}/hub`, transport ? { transport: HttpTransportType[transport] } : {})
  .withAutomaticReconnect()
  .configureLogging(LogLevel.Information)
  .build();
hub.onreconnecting(ended);
hub.onclose(ended);
await hub.start();
story(async (text) => {
  if ((await hub.invoke("Echo", text)) !== text) throw new Error("another text");
});
